#include "common/policy/locate.h"

#include <map>

#include "common/policy/policy.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;

namespace {

// The error of a policy of these files, with the directory written as ETC.
std::string error_of_files(const std::map<std::string, std::string>& files) {
  const test::TemporaryDirectory etc;
  const std::string& directory = etc.path();
  for (const auto& [file, text] : files) etc.write(file, text);
  std::string error = test::error_of([&] { load_policy({RIND_SOURCE_POLICY, directory}); });
  for (size_t at; (at = error.find(directory)) != std::string::npos;) {
    error.replace(at, directory.size(), "ETC");
  }
  return error;
}

void check(const std::map<std::string, std::string>& files, const std::string& start,
           const std::string& words) {
  const std::string error = error_of_files(files);
  CHECK_MESSAGE(error.starts_with(start), error);
  CHECK_MESSAGE(contains(error, words), error);
}

}  // namespace

TEST_CASE("locate: errors of meaning have file, line and column") {
  check({{"policy.json", "{\n  \"hidden\": []\n}"}}, "read ETC/policy.json:2:3: hidden is not a",
        "did you mean \"hide\"?");
  check({{"policy.json", "{\n \"limits\": {\n  \"open_file\": 5}}"}},
        "read ETC/policy.json:3:3: ", "did you mean \"open_files\"?");
  check({{"policy.json", "{\n \"limits\": {\n  \"open_file\": null}}"}},
        "read ETC/policy.json:3:3: ", "did you mean \"open_files\"?");
  check({{"policy.json", "{\n\"network\":\n  \"conatiner\"}"}},
        "read ETC/policy.json:2:1: ", "did you mean \"container\"?");
  check({{"policy.json", "{\n\"leases\": null}"}}, "read ETC/policy.json:2:1: leases is missing",
        "add the key");
  check({{"policy.json", "{\n\"version\": 2}"}}, "read ETC/policy.json:2:1: version is 2",
        "write 1");
  check({{"policy.json", "[]"}}, "read ETC/policy.json:1:1: the top level is an array",
        "write an object");
  check({{"policy.json", "{\"hide\": [\"/a\",\n \"b\"]}"}}, "read ETC/policy.json:2:2: hide[1]",
        "write the whole path");
  check({{"policy.json", "{\"devices\": [\n \"/dev/fuse\"]}"}},
        "read ETC/policy.json:2:2: ", "write \"fuse\"");
  check({{"policy.json", "{\"views\": {\n \"/a/b/\": \"ro\"}}"}},
        "read ETC/policy.json:2:2: ", "write \"/a/b\"");
  check({{"policy.json", "{\"views\": {\n \"~/x\": \"ro\"}}"}},
        "read ETC/policy.json:2:2: ", "write \"$HOME/x\"");
  check({{"policy.json", "{\"trusted\": [[\"a\"],\n \"b\"]}"}},
        "read ETC/policy.json:2:2: ", "[\"uv\", \"venv\", \"...\"]");
}

TEST_CASE("locate: a misplaced key is sent to its object") {
  check({{"policy.json", "{\"keep_also\": []}"}},
        "read ETC/policy.json:1:2: ", "belongs in \"environment\"");
  check({{"policy.json", "{\"environment\": {\"network\": \"none\"}}"}},
        "read ETC/policy.json:1:18: ", "belongs to the top of the policy");
}

TEST_CASE("locate: the error of a patch stands where the patch has it") {
  const std::string rule =
      "{\"packages\": {\n \"r\": {\"packages\": [\"a\"],\n \"policy\": {\"views\": {\n  \"/x\": "
      "\"privat\"}}}}}";
  check({{"policy.json", rule}}, "read ETC/policy.json:4:3, with packages.r.policy: views./x is",
        "did you mean \"private\"?");
  check({{"policy.json", "{\"choices\": {\"c\": {\n \"leases\": 0}}}"}},
        "read ETC/policy.json:2:2, with choices.c: leases is 0", "from 1 to 4096");
  check({{"policy.json",
          "{\"choices\": {\"c\": {\"packages\": {\"r\": {\"packages\": [\"a\"], \"policy\": {\n "
          "\"network\": \"all\"}}}}}}"}},
        "read ETC/policy.json:2:2, with choices.c, with packages.r.policy: network", "container");
  // The choice is right, and so is the rule; together they are not.
  check({{"policy.json",
          "{\"choices\": {\"c\": {\"views\": {\"/x\": {\"size\": 4096}}}},\n \"views\": {\"/x\": "
          "\"ro\"}}"}},
        "read ETC/policy.json:1:", "views./x");
}

TEST_CASE("locate: of several files the one that is wrong") {
  check({{"policy.json",
          "{\"views\": {\"/x\": {\"view\": \"cow\", \"size\": 4096, \"directories\": 5, "
          "\"fallback\": \"private\"}}}"},
         {"policy.d/50-a.json", "{\n\"views\": {\n \"/x\": {\"view\": \"ro\"}}}"}},
        "read ETC/policy.d/50-a.json:3:2: views./x.size is not a key of a view \"ro\"",
        "write \"/x\": \"ro\"");
  check({{"policy.json", "{\n \"hide\": [\"/a\"]}"},
         {"policy.d/50-a.json", "{\n\n \"hide\": [\"/b\"]}"}},
        "read ETC/policy.d/50-a.json:3:2: hide replaces the list of ETC/policy.json:2:2",
        "repeat the entry");
  check({{"policy.d/50-a.json", "{\n  \"leases\": 5,\n}"}},
        "parse ETC/policy.d/50-a.json:2:14: a comma before }", "remove it");
}

TEST_CASE("locate: a view that lacks keys is printed whole") {
  check({{"policy.json", "{\"views\": {\"/x\": {\"view\": \"cow\", \"size\": 8192}}}"}},
        "read ETC/policy.json:1:12: views./x.",
        "write \"/x\": {\"view\": \"cow\", \"size\": 8192, \"directories\": 4096, \"fallback\": "
        "\"private\"}");
  check({{"policy.json", "{\"views\": {\"/x\": \"private\"}}"}}, "read ETC/policy.json:1:12: ",
        "write \"/x\": {\"view\": \"private\", \"backing\": \"memory\", \"size\": 1073741824}");
  check({{"policy.json", "{\"views\": {\"/x\": {\"noexec\": true}}}"}},
        "read ETC/policy.json:1:12: ", "write for example \"/x\": \"ro\"");
}
