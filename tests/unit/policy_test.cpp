#include "common/policy.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::default_document;
using rind::test::error_of;

namespace {

std::string error_with(const char* patch) {
  Json document = default_document();
  document.merge_patch(parse_json(patch, "patch"));
  return error_of([&] { parse_policy(document, "/etc/rind/policy.json"); });
}

// A directory for one test, removed at its end.
struct Directory {
  Directory() {
    char name[] = "/tmp/rind-unit.XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Directory() {
    for (auto it = files.rbegin(); it != files.rend(); ++it) std::remove(it->c_str());
    ::rmdir((path + "/policy.d").c_str());
    ::rmdir(path.c_str());
  }
  void write(const std::string& name, const std::string& text) {
    ::mkdir((path + "/policy.d").c_str(), 0755);
    std::ofstream(path + "/" + name) << text;
    files.push_back(path + "/" + name);
  }
  std::string path;
  std::vector<std::string> files;
};

}  // namespace

TEST_CASE("policy: the shipped defaults are valid") {
  const Policy policy = test::default_policy();
  CHECK(policy.containers.annotation == "io.rind.builder");
  CHECK_FALSE(policy.containers.start_without_seam);
  CHECK(policy.environment.remove_url_credentials);
}

TEST_CASE("policy: every key must be there, no default hides in the code") {
  const Json defaults = default_document();
  for (const auto& item : defaults.items()) {
    const std::string key = item.key();
    Json document = default_document();
    document.erase(key);
    CHECK_MESSAGE(contains(error_of([&] { parse_policy(document, "p"); }), key), key);
  }
}

TEST_CASE("policy: errors name file, key path and what was expected") {
  CHECK(contains(error_with(R"({"wiews": {}})"), "wiews is not a key"));
  CHECK(contains(error_with(R"({"wiews": {}})"), "/etc/rind/policy.json"));
  CHECK(contains(error_with(R"({"views": {"/x": "readonly"}})"), "views./x"));
  CHECK(contains(error_with(R"({"views": {"/x": "cow"}})"), "an object for this view"));
  CHECK(contains(error_with(R"({"views": {"/x": "private"}})"), "object"));
  CHECK(contains(
      error_with(R"({"views": {"/x": {"view": "private", "backing": "disk", "size": 1}}})"),
      "views./x.size"));
  CHECK(contains(error_with(R"({"leases": 0})"), "from 1 to 4096"));
  CHECK(contains(error_with(R"({"leases": "64"})"), "leases"));
  CHECK(
      contains(error_with(R"({"containers": {"privileged": "maybe"}})"), "containers.privileged"));
  CHECK(contains(error_with(R"({"environment": {"default": "drop"}})"), "\"keep\" \"delete\""));
  CHECK(contains(error_with(R"({"trusted": [[]]})"), "trusted[0]"));
  CHECK(contains(error_with(R"({"trusted": [["true", 1]]})"), "trusted[0][1]"));
  CHECK(contains(error_with(R"({"devices": ["../null"]})"), "devices"));
  CHECK(contains(error_with(R"({"network": "host"})"), "network"));
  CHECK(contains(error_with(R"({"version": 2})"), "version"));
}

TEST_CASE("policy: a view's path is plain and absolute, or a variable") {
  CHECK_FALSE(error_with(R"({"views": {"relative": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/a/../b": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/a//b": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/a/": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"$": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"$A/../b": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"$A/": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"$/b": "ro"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/": "rw"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/proc/sys": "rw"}})").empty());
  CHECK_FALSE(error_with(R"({"views": {"/dev": "rw"}})").empty());
  CHECK(error_with(R"({"views": {"/a/b": "rw", "$A_1": "hidden", "$A/b/c": "ro"}})").empty());
}

TEST_CASE("policy files: patches are laid over in order, null takes away") {
  Directory d;
  d.write("policy.json", R"({"leases": 7, "views": {"/run": null, "/a": "ro"}})");
  d.write("policy.d/20-b.json", R"({"leases": 9})");
  d.write("policy.d/10-a.json", R"({"leases": 8, "views": {"/a": "hidden"}})");
  d.write("policy.d/30-c.json.rpmsave", R"(not json)");
  const Json merged = load_policy({RIND_SOURCE_POLICY, d.path}).document;
  CHECK(merged["leases"] == 9);
  CHECK(merged["views"]["/a"] == "hidden");
  CHECK_FALSE(merged["views"].contains("/run"));
  CHECK(merged["views"].contains("/tmp"));
}

TEST_CASE("policy files: no configuration means the defaults") {
  CHECK(load_policy({RIND_SOURCE_POLICY, "/nonexistent"}).document == default_document());
}

TEST_CASE("policy files: the error names the file that brought it in") {
  Directory d;
  d.write("policy.d/10-good.json", R"({"leases": 8})");
  d.write("policy.d/20-bad.json", R"({"leases": 0})");
  d.write("policy.d/30-good.json", R"({"leases": 8})");
  CHECK(contains(error_of([&] { load_policy({RIND_SOURCE_POLICY, d.path}); }), "20-bad.json"));
}

TEST_CASE("policy files: a patch that is no object, of another version or too large is an error") {
  for (const std::string& text : {std::string("[]"), std::string(R"({"version": 2})"),
                                  "{\"x\": \"" + std::string(kPolicyLimit, 'x') + "\"}"}) {
    Directory d;
    d.write("policy.json", text);
    CHECK_FALSE(error_of([&] { load_policy({RIND_SOURCE_POLICY, d.path}); }).empty());
  }
}
