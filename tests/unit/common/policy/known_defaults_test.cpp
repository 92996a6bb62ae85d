// What the hook reads of the policy is what load_policy() makes of it.
#include "common/policy/known_defaults.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/kit/flat.h"
#include "common/policy/operator_file.h"
#include "hook/embedded_defaults.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::hook::kKnownDefaults;

namespace {

const std::vector<std::string> kKeys = {"containers", "seams", "identity", "lend", "record"};

// An operator's directory with a policy.json, and perhaps a file in policy.d.
class Directory {
 public:
  PolicyFiles with(const std::string& text, const std::string& more = "") const {
    top_.write("policy.json", text);
    ::unlink(top_.at("policy.d/1.json").c_str());
    if (!more.empty()) top_.write("policy.d/1.json", more);
    return {RIND_SOURCE_POLICY, top_.path()};
  }

 private:
  test::TemporaryDirectory top_;
};

void require_same(const Policy& a, const Policy& b) {
  CHECK(a.containers.annotation == b.containers.annotation);
  CHECK(a.containers.commands == b.containers.commands);
  CHECK(a.containers.environment == b.containers.environment);
  CHECK(a.containers.seam == b.containers.seam);
  CHECK(a.containers.start_without_seam == b.containers.start_without_seam);
  CHECK(a.containers.start_privileged == b.containers.start_privileged);
  CHECK(a.containers.host_name == b.containers.host_name);
  CHECK(a.seams.script_file == b.seams.script_file);
  CHECK(a.seams.script_directories == b.seams.script_directories);
  CHECK(a.seams.environment_prefixes == b.seams.environment_prefixes);
  CHECK(a.seams.search_entries == b.seams.search_entries);
  CHECK(a.seams.search_milliseconds == b.seams.search_milliseconds);
  CHECK(a.seams.unshare_paths == b.seams.unshare_paths);
  CHECK(a.seams.unshare_calls == b.seams.unshare_calls);
  CHECK(a.seams.interpreters == b.seams.interpreters);
  CHECK(a.seams.interpreter_paths == b.seams.interpreter_paths);
  CHECK(a.seams.own_environments == b.seams.own_environments);
  CHECK(a.seams.refused_calls == b.seams.refused_calls);
  // Without an operator's file the hook has no patches: nobody asks for them.
  if (a.seams.install_patch) CHECK(*a.seams.install_patch == *b.seams.install_patch);
  CHECK(a.identity.ephemeral == b.identity.ephemeral);
  CHECK(a.identity.first == b.identity.first);
  CHECK(a.lend.idmapped == b.lend.idmapped);
  CHECK(a.record.place == b.record.place);
  CHECK(a.record.directory == b.record.directory);
}

// True when the hook can do without load_policy(). What it then has is the same.
bool is_read_alike(const PolicyFiles& files) {
  std::optional<LoadedPolicy> loaded;
  const std::string error = test::error_of([&] { loaded = load_policy(files); });
  const auto partial = load_partial_policy(files, operator_files(files), kKnownDefaults, kKeys);
  if (!partial) return false;
  CHECK_MESSAGE(loaded, error);
  if (!loaded) return true;
  require_same(partial->policy, loaded->policy);
  const LoadedPolicy whole = complete(*partial, kKnownDefaults);
  CHECK(*whole.document == *loaded->document);
  require_same(whole.policy, loaded->policy);
  CHECK(whole.policy.views.size() == loaded->policy.views.size());
  CHECK(whole.policy.packages.size() == loaded->policy.packages.size());
  CHECK(whole.policy.hide == loaded->policy.hide);
  CHECK(whole.policy.environment.narrowed == loaded->policy.environment.narrowed);
  return true;
}

}  // namespace

TEST_CASE("known defaults: the compiled text is the file's, and its parts are all of it") {
  std::stringstream text;
  text << std::ifstream(RIND_SOURCE_POLICY).rdbuf();
  CHECK(text.str() == kKnownDefaults.text);
  Json parts = Json::object();
  for (const auto& part : kKnownDefaults.parts) {
    parts[std::string(part.key)] = parse_json(std::string(part.text), std::string(part.key));
  }
  CHECK(parts == test::default_document());
}

TEST_CASE("known defaults: what the build made of them is what their text says") {
  const Json document = read_policy_file(RIND_SOURCE_POLICY);
  CHECK(hook::default_document() == document.dump());
  CHECK(kit::write_flat_policy(hook::default_policy()) ==
        kit::write_flat_policy(parse_policy(document, "the defaults")));
}

TEST_CASE("known defaults: the rules are a part of them") {
  const Policy whole = hook::default_policy(), rules = hook::default_rules();
  Policy part;
  part.containers = whole.containers;
  part.seams = whole.seams;
  part.identity = whole.identity;
  part.lend = whole.lend;
  part.record = whole.record;
  CHECK(kit::write_flat_policy(rules) == kit::write_flat_policy(part));
  CHECK(kit::write_flat_policy(rules) != kit::write_flat_policy(whole));
}

TEST_CASE("known defaults: every file of the cases is judged and read as by load_policy()") {
  const Directory directory;
  std::ifstream cases(RIND_POLICY_CASES);
  std::string line, group;
  int quick = 0, valid = 0;
  while (std::getline(cases, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("== ", 0) == 0) {
      group = line.substr(3, line.find(':') - 3);
      continue;
    }
    CAPTURE(line);
    valid += group == "valid" ? 1 : 0;
    quick += is_read_alike(directory.with(line)) ? 1 : 0;
    is_read_alike(directory.with(R"({"network": "container", "hide": ["/a"]})", line));
    is_read_alike(
        directory.with(line, R"({"packages": {"r": {"packages": ["x"], "policy": {}}}})"));
  }
  // Without these the hook would be slow, and the test would show nothing.
  CHECK(quick > valid * 3 / 4);
}

TEST_CASE("known defaults: a rule of one file is held against what another one makes of its keys") {
  const Directory directory;
  const std::string rule =
      R"({"packages": {"r": {"packages": ["x"], "policy": {"views": {"/a": {"size": 1}}}}}})";
  // Alone the rule is no view, and beside the right one it is.
  CHECK_FALSE(is_read_alike(directory.with("{}", rule)));
  CHECK_FALSE(is_read_alike(directory.with(R"({"views": {"/a": "ro"}})", rule)));
  const std::string installs =
      R"({"seams": {"interpreter": {"installs": {"limits": {"processes": "many"}}}}})";
  CHECK_FALSE(is_read_alike(directory.with(installs)));
  CHECK_FALSE(
      is_read_alike(directory.with(R"({"choices": {"c": {"network": "none", "views": 1}}})")));
  CHECK(is_read_alike(directory.with(R"({"choices": {"c": {"network": "none"}}})")));
  CHECK(is_read_alike(directory.with(R"({"network": "none", "version": 1})", R"({"leases": 5})")));
}

TEST_CASE(
    "known defaults: other defaults, other versions, dropped entries and large files are not") {
  const Directory directory;
  PolicyFiles files = directory.with("{}");
  CHECK(is_read_alike(files));
  files.defaults = RIND_STARTING_POLICIES "/fromager/policy.json";
  CHECK_FALSE(is_read_alike(files));
  files.defaults = "/nonexistent";
  CHECK_FALSE(is_read_alike(files));
  CHECK_FALSE(is_read_alike(directory.with(R"({"version": 2})")));
  CHECK_FALSE(is_read_alike(directory.with(R"({"hide": ["/a"]})", R"({"hide": []})")));
  const std::string many(kPolicyLimit - 1000, 'x');
  CHECK_FALSE(is_read_alike(directory.with("{\"hide\": [\"/" + many + "\"]}")));
}
