#include "common/kit/flat.h"

#include <fstream>

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

namespace {

constexpr const char* kVersion = "1.2.3";

// A manifest with something in each field.
kit::Manifest some_manifest() {
  kit::Manifest manifest;
  manifest.container = "4f5e";
  manifest.seams = {{kit::SeamKind::kInterpreter, "/usr/bin/python3.11", "/dev/rind/originals/0"},
                    {kit::SeamKind::kEntry, "/usr/bin/bash", "/dev/rind/originals/1"}};
  manifest.masked_paths = {"/proc/kcore"};
  manifest.sockets = {"/run/docker.sock"};
  manifest.host_places = {{"254:0", "/"}};
  manifest.may_show_host = false;
  manifest.environment = {{"HOME", "ab"}, {"TOKEN", ""}};
  manifest.path = {"/usr/bin"};
  manifest.environments = {"/opt/app-root"};
  manifest.refused_calls = {{"-m", "pip", "wheel"}, {"setup.py"}};
  manifest.variables = {{"NETRC", "/etc/netrc"}};
  manifest.twin_ids = {61184, 61185};
  manifest.volumes = {{{"8:1", "/srv/work"}, ""}, {{"0:50", "/"}, "Invalid argument"}};
  return manifest;
}

// The policy as the helper has it: patches are applied to policy.json.
Policy without_patches(Policy policy) {
  policy.seams.install_patch.reset();
  for (auto& rule : policy.packages) rule.patch.reset();
  for (auto& choice : policy.choices) choice.patch.reset();
  return policy;
}

void check_says_the_same(const Policy& policy, const std::string& text) {
  const Json manifest = kit::to_json(some_manifest());
  const kit::Flat flat =
      kit::read_flat(kit::write_flat(policy, some_manifest(), kVersion), kVersion, "kit");
  CHECK_MESSAGE(flat.policy == without_patches(policy), text);
  CHECK(flat.manifest == kit::parse_manifest(manifest, "manifest.json"));
}

}  // namespace

TEST_CASE("flat kit: it says what policy.json and manifest.json say") {
  check_says_the_same(test::default_policy(), "the defaults");
  std::ifstream cases(RIND_POLICY_CASES);
  std::string line, group;
  int checked = 0;
  while (std::getline(cases, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("== ", 0) == 0) {
      group = line.substr(3, line.find(':') - 3);
      continue;
    }
    if (group != "valid") continue;
    Json patch = parse_json(line, "case");
    patch.erase("$schema");  // of files alone
    check_says_the_same(test::loaded_with(patch.dump().c_str()).policy, line);
    ++checked;
  }
  CHECK(checked > 40);
}

TEST_CASE("flat kit: a rule of a package keeps the views that it makes writable") {
  const Policy policy = test::loaded_with(
                            R"({"packages": {"a": {"packages": ["torch"], "hooks": ["build_*"],
           "policy": {"views": {"/srv/a": "rw", "/srv/b": {"view": "rw", "lend": true}, "/srv/c": "ro"}}}}})")
                            .policy;
  check_says_the_same(policy, "a rule");
  CHECK(policy.packages.at(0).written == std::vector<std::string>{"/srv/a", "/srv/b"});
}

TEST_CASE("flat kit: a part of it, more than it, or another version is an error") {
  const std::string whole = kit::write_flat(test::default_policy(), some_manifest(), kVersion);
  const auto read = [](const std::string& bytes, const char* version) {
    return error_of([&] { kit::read_flat(bytes, version, "/dev/rind/kit"); });
  };
  CHECK(read(whole, kVersion).empty());
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read(whole.substr(0, size), kVersion).empty());
  }
  CHECK(contains(read(whole + "x", kVersion), "/dev/rind/kit: it is damaged"));
  CHECK(contains(read(whole, "1.2.4"), "another version"));
}

TEST_CASE("flat kit: a key that is there twice, or not in order, is an error") {
  kit::Manifest manifest = some_manifest();
  manifest.environment = {{"KEY_A", "x"}, {"KEY_B", "y"}};
  const std::string whole = kit::write_flat(test::default_policy(), manifest, kVersion);
  const auto read_with = [&](const std::string& first, const std::string& second) {
    std::string changed = whole;
    changed.replace(whole.find("KEY_A"), 5, first).replace(whole.find("KEY_B"), 5, second);
    return error_of([&] { kit::read_flat(changed, kVersion, "kit"); });
  };
  CHECK(read_with("KEY_A", "KEY_B").empty());
  CHECK(contains(read_with("KEY_B", "KEY_B"), "kit: it is damaged"));
  CHECK(contains(read_with("KEY_B", "KEY_A"), "kit: it is damaged"));
}

// The file is the hook's, and a step cannot write it. Nevertheless no content may end the helper
// otherwise than with an error.
TEST_CASE("flat kit: changed bytes are read or refused") {
  const std::string whole = kit::write_flat(test::default_policy(), some_manifest(), kVersion);
  size_t refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\xff', '\x00', '\x7f'}) {
      std::string changed = whole;
      changed[at] = byte;
      if (!error_of([&] { kit::read_flat(changed, kVersion, "kit"); }).empty()) ++refused;
    }
  }
  CHECK(refused > whole.size() / 10);
}
