// What the hook does with policies that it must not or cannot use.
#include "hook/decide/host_policy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/json.h"
#include "common/base/sys.h"
#include "hook/decide/verdict.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;

namespace {

// A host's files, as the package installs them.
struct Host : test::TemporaryDirectory {
  Host() {
    REQUIRE(::chmod(path().c_str(), 0755) == 0);
    sys::make_directory(AT_FDCWD, at("etc"), 0755);
    sys::make_directory(AT_FDCWD, at("etc/policy.d"), 0755);
    write("defaults.json", test::default_document().dump());
    files = {at("defaults.json"), at("etc")};
  }
  // Files that an operator may have: a umask does not matter.
  void write(const std::string& file, const std::string& text) {
    TemporaryDirectory::write(file, text);
    mode(file, 0644);
  }
  void mode(const std::string& file, mode_t bits) { REQUIRE(::chmod(at(file).c_str(), bits) == 0); }

  PolicyFiles files;
};

Verdict judge(const PolicyFiles& files, const State& state, const Config& config) {
  return hook::judge(files, state, config, Rules::kOfSeams);
}

Config config_with(const char* json) {
  Json config = parse_json(json, "config");
  config["root"] = {{"path", "/r"}};
  return parse_config(config, "/b");
}

// Every way in which a config.json makes a builder.
const char* const kBuilders[] = {
    R"({"annotations": {"io.rind.builder": "true"}})",
    R"({"annotations": {"io.rind.network": "none"}})",
    R"({"process": {"args": ["fromager", "build"]}})",
    R"({"process": {"args": ["/opt/app-root/bin/fromager"]}})",
    R"({"process": {"args": ["python3", "-m", "fromager", "build"]}})",
    R"({"process": {"args": ["/dev/rind/rind", "launch", "--", "sh"]}})",
};
constexpr const char* kPlain = R"({"process": {"args": ["nginx"], "env": ["A=b"]}})";

}  // namespace

TEST_CASE("host policy: files that others may write are not used") {
  Host host;
  host.write("etc/policy.json", "{}");
  host.write("etc/policy.d/10.json", "{}");
  CHECK(error_of([&] { load_host_policy(host.files); }).empty());
  for (const char* place :
       {"defaults.json", "etc/policy.json", "etc/policy.d/10.json", "etc/policy.d", "etc"}) {
    CAPTURE(place);
    struct stat st = {};
    REQUIRE(::stat(host.at(place).c_str(), &st) == 0);
    for (const mode_t more : {mode_t{S_IWGRP}, mode_t{S_IWOTH}}) {
      host.mode(place, (st.st_mode & 0777) | more);
      const std::string error = error_of([&] { load_host_policy(host.files); });
      CHECK(contains(error, host.at(place)));
      CHECK(contains(error, "chmod go-w"));
      const Verdict verdict = judge(host.files, {}, config_with(kBuilders[0]));
      CHECK_FALSE(verdict.usable());
      CHECK(verdict.reason == "annotation io.rind.builder");
    }
    host.mode(place, st.st_mode & 0777);
  }
  if (::geteuid() != 0) return;
  REQUIRE(::chown(host.at("etc/policy.json").c_str(), 1000, 1000) == 0);
  CHECK(contains(error_of([&] { load_host_policy(host.files); }), "belongs to uid 1000"));
}

TEST_CASE("host policy: a directory that was named is there") {
  Host host;
  PolicyFiles files = {host.at("defaults.json"), host.at("etx")};
  CHECK(error_of([&] { load_host_policy(files); }).empty());
  files.directory_is_named = true;
  CHECK(contains(error_of([&] { load_host_policy(files); }), "/etx"));
}

TEST_CASE("host policy: without one, whatever the defaults call a builder is one") {
  Host host;
  for (const char* broken : {"not json", R"({"hidden": []})", "[]", R"({"version": 2})"}) {
    CAPTURE(broken);
    host.write("etc/policy.json", broken);
    for (const char* builder : kBuilders) {
      CAPTURE(builder);
      const Verdict verdict = judge(host.files, {}, config_with(builder));
      CHECK_FALSE(verdict.usable());
      CHECK(contains(verdict.trouble, "policy.json"));
      CHECK_FALSE(verdict.reason.empty());
    }
    CHECK(judge(host.files, {}, config_with(kPlain)).reason.empty());
    CHECK(contains(error_of([&] {
                     judge(host.files, {},
                           config_with(R"({"annotations": {"io.rind.builder": "True"}})"));
                   }),
                   "io.rind.builder"));
  }
}

TEST_CASE("host policy: the operator's own signs of builders outlive a mistake beside them") {
  Host host;
  const char* const own[] = {R"({"annotations": {"com.acme.build": "true"}})",
                             R"({"process": {"args": ["acme-build", "x"]}})",
                             R"({"process": {"args": ["sh"], "env": ["ACME=1"]}})"};
  host.write("etc/policy.json",
             R"({"wiews": {}, "containers": {"annotation": "com.acme.build", "seams": true,
                 "commands": ["acme-build *"], "environment": ["ACME=1"]}})");
  for (const char* builder : own) {
    CAPTURE(builder);
    CHECK_FALSE(judge(host.files, {}, config_with(builder)).reason.empty());
  }
  // In one file the mistake, in another one the signs; and lists that were emptied are the
  // defaults'.
  host.write("etc/policy.d/10.json",
             R"({"containers": {"environment": ["ACME=1"], "commands": []}})");
  host.write("etc/policy.json", "not json");
  CHECK_FALSE(judge(host.files, {}, config_with(own[2])).reason.empty());
  CHECK_FALSE(judge(host.files, {}, config_with(kBuilders[2])).reason.empty());
  CHECK(judge(host.files, {}, config_with(kPlain)).reason.empty());
}

TEST_CASE("host policy: a policy that holds is the container's, and says what is a builder") {
  Host host;
  host.write("etc/policy.json", R"({"containers": {"commands": []}})");
  CHECK(judge(host.files, {}, config_with(kBuilders[2])).reason.empty());
  const Verdict verdict = judge(host.files, {}, config_with(kBuilders[1]));
  REQUIRE(verdict.usable());
  CHECK(verdict.reason == "annotation io.rind.network");
}
