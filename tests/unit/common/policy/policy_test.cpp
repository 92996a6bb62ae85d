#include "common/policy/policy.h"

#include "common/base/json.h"
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
    const std::string& key = item.key();
    Json document = default_document();
    document.erase(key);
    CHECK_MESSAGE(contains(error_of([&] { parse_policy(document, "p"); }), key), key);
  }
}

TEST_CASE("policy: errors name file, key path and what was expected") {
  CHECK(contains(error_with(R"({"wiews": {}})"), "wiews is not a known key"));
  CHECK(contains(error_with(R"({"wiews": {}})"), "/etc/rind/policy.json"));
  CHECK(contains(error_with(R"({"views": {"/x": "readonly"}})"), "views./x"));
  CHECK(contains(error_with(R"({"views": {"/x": "cow"}})"), "an object for this view"));
  CHECK(contains(error_with(R"({"views": {"/x": "private"}})"), "object"));
  CHECK(contains(
      error_with(R"({"views": {"/x": {"view": "private", "backing": "disk", "size": 1}}})"),
      "views./x.size"));
  CHECK(contains(error_with(R"({"views": {"/x": {"view": "hidden", "size": 4096}}})"), "x.size"));
  // A size beside "disk" is that of the memory which replaces it.
  const Policy on_disk =
      test::loaded_with(R"({"views": {"/dev/shm": {"backing": "disk"}}})").policy;
  for (const auto& [key, spec] : on_disk.views) {
    if (key == "/dev/shm") CHECK((spec.backing == Backing::kDisk && spec.size == 1073741824));
  }
  CHECK(contains(error_with(R"({"hide": ["relative"]})"), "hide"));
  CHECK(contains(error_with(R"({"hide": ["$HOME"]})"), "an absolute path"));
  CHECK(contains(error_with(R"({"hide": ["/"]})"), "the root is always"));
  CHECK(contains(error_with(R"({"hide": ["/dev/null"]})"), "minimal"));
  CHECK(error_with(R"({"hide": ["/dev/shm", "/a/b"]})").empty());
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
  const test::TemporaryDirectory d;
  d.write("policy.json", R"({"leases": 7, "views": {"/run": null, "/a": "ro"}})");
  d.write("policy.d/20-b.json", R"({"leases": 9})");
  d.write("policy.d/10-a.json", R"({"leases": 8, "views": {"/a": "hidden"}})");
  d.write("policy.d/30-c.json.rpmsave", R"(not json)");
  const Json merged = *load_policy({RIND_SOURCE_POLICY, d.path()}).document;
  CHECK(merged["leases"] == 9);
  CHECK(merged["views"]["/a"] == "hidden");
  CHECK_FALSE(merged["views"].contains("/run"));
  CHECK(merged["views"].contains("/tmp"));
}

TEST_CASE("policy files: a list does not take away what another file's list has") {
  const auto error = [](const char* first, const char* second, const char* third) {
    const test::TemporaryDirectory d;
    d.write("policy.json", first);
    d.write("policy.d/100-b.json", second);
    d.write("policy.d/20-a.json", third);
    return error_of([&] { load_policy({RIND_SOURCE_POLICY, d.path()}); });
  };
  // By name: 100-b.json comes before 20-a.json.
  const std::string hide = error("{}", R"({"hide": ["/b"]})", R"({"hide": ["/a"]})");
  CHECK(contains(hide, "20-a.json"));
  CHECK(contains(hide, "hide replaces the list of "));
  CHECK(contains(hide, "100-b.json:1:2 and lacks its entry \"/b\""));
  CHECK(error("{}", R"({"hide": ["/b"]})", R"({"hide": ["/a", "/b"]})").empty());
  CHECK(contains(
      error(R"({"narrow": {"environment": ["A"]}})", "{}", R"({"narrow": {"environment": []}})"),
      "narrow.environment replaces the list"));
  CHECK(contains(error(R"({"packages": {"r": {"packages": ["a"], "policy": {}}}})",
                       R"({"packages": {"r": {"packages": ["b"]}}})", "{}"),
                 "packages.r.packages"));
  CHECK(contains(error(R"({"trusted": [["a"], ["b", "..."]]})", R"({"trusted": [["a"]]})", "{}"),
                 R"(["b","..."])"));
  // The defaults are not the operator's; what null takes away is taken away by name.
  CHECK(error(R"({"environment": {"delete": []}})", R"({"environment": {"delete": ["A"]}})", "{}")
            .empty());
  CHECK(error(R"({"packages": {"r": {"packages": ["a"], "policy": {}}}})",
              R"({"packages": {"r": null}})",
              R"({"packages": {"r": {"packages": ["b"], "policy": {}}}})")
            .empty());
  // Views are no list: each file has its own.
  CHECK(error(R"({"views": {"/c": "hidden"}})", R"({"views": {"/b": "hidden"}})",
              R"({"views": {"/a": "hidden"}})")
            .empty());
}

TEST_CASE("policy files: all together have the limit of one") {
  const auto rule = [](const std::string& name) {
    return R"({"packages": {")" + name + R"(": {"packages": [")" +
           std::string(kPolicyLimit - 200, 'x') + R"("], "policy": {}}}})";
  };
  const test::TemporaryDirectory d;
  d.write("policy.d/1.json", rule("a"));
  CHECK(contains(error_of([&] {
                   load_policy({RIND_SOURCE_POLICY, d.path()});
                 }),
                 "merge the policy"));
  const test::TemporaryDirectory small;
  small.write("policy.d/1.json", R"({"packages": {"a": {"packages": ["x"], "policy": {}}}})");
  CHECK(error_of([&] { load_policy({RIND_SOURCE_POLICY, small.path()}); }).empty());
}

TEST_CASE("policy files: no configuration means the defaults") {
  CHECK(*load_policy({RIND_SOURCE_POLICY, "/nonexistent"}).document == default_document());
}

TEST_CASE("policy files: the error names the file that brought it in") {
  const test::TemporaryDirectory d;
  d.write("policy.d/10-good.json", R"({"leases": 8})");
  d.write("policy.d/20-bad.json", R"({"leases": 0})");
  d.write("policy.d/30-good.json", R"({"leases": 8})");
  CHECK(contains(error_of([&] { load_policy({RIND_SOURCE_POLICY, d.path()}); }), "20-bad.json"));
}

TEST_CASE("policy files: a patch that is no object, of another version or too large is an error") {
  for (const std::string& text : {std::string("[]"), std::string(R"({"version": 2})"),
                                  "{\"x\": \"" + std::string(kPolicyLimit, 'x') + "\"}"}) {
    const test::TemporaryDirectory d;
    d.write("policy.json", text);
    CHECK_FALSE(error_of([&] { load_policy({RIND_SOURCE_POLICY, d.path()}); }).empty());
  }
}

TEST_CASE("policy: views that take an object") {
  CHECK(contains(error_with(R"({"views": {"/x": {"view": "cow", "size": 4096}}})"), "directories"));
  CHECK(contains(error_with(R"({"views": {"/x": {"view": "cow", "size": 4096, "directories": 1,
                               "fallback": "rw"}}})"),
                 "views./x.fallback"));
  CHECK(contains(error_with(R"({"views": {"/x": {"view": "hidden", "noexec": true}}})"), "noexec"));
  CHECK(contains(error_with(R"({"views": {"/x": {"view": "ro", "lend": true}}})"), "lend"));
  CHECK(error_with(R"({"views": {"/x": {"view": "rw", "lend": true, "noexec": true}}})").empty());
}

TEST_CASE("policy: limits are numbers or inherit") {
  CHECK(error_with(R"({"limits": {"open_files": 64, "wall_clock_seconds": "inherit"}})").empty());
  CHECK(contains(error_with(R"({"limits": {"open_files": "many"}})"), "limits.open_files"));
  CHECK(contains(error_with(R"({"limits": {"processes": 0}})"), "limits.processes"));
  CHECK(contains(error_with(R"({"limits": {"grace_seconds": 86400}})"), "limits.grace_seconds"));
}

TEST_CASE("policy: a package's rule is checked when it is read") {
  CHECK(
      contains(error_with(R"({"packages": {"r": {"packages": [], "policy": {}}}})"), "packages.r"));
  CHECK(contains(error_with(R"({"packages": {"r": {"packages": ["a"], "policy": {"seams": {}}}}})"),
                 "packages.r.policy.seams"));
  CHECK(contains(
      error_with(R"({"packages": {"r": {"packages": ["a"], "policy": {"network": "host"}}}})"),
      "packages.r.policy"));
  // Leases stand for the same ids in every step of a container.
  CHECK(contains(error_with(R"({"packages": {"r": {"packages": ["a"],
                               "policy": {"identity": {"first": 70000}}}}})"),
                 "identity"));
}

TEST_CASE("policy: a rule holds for its packages and hooks, in the order of names") {
  Json document = default_document();
  document.merge_patch(parse_json(
      R"({"packages": {
           "1-net": {"packages": ["torch", "openmpi4py"], "policy": {"network": "container"}},
           "2-wheel": {"packages": ["Torch"], "hooks": ["build_*"],
                       "policy": {"limits": {"processes": 7}, "environment": {"keep_also": ["X_TOKEN"]}}},
           "3-again": {"packages": ["torch==9*"], "policy": {"network": "none"}}}})",
      "p"));
  const Policy policy = parse_policy(document, "p");
  const auto rules_for = [&](const std::string& package, const std::string& hook, Policy& result) {
    const std::vector<std::string> applied = rules_for_step(policy, package, hook);
    result = policy_with_rules(document, applied);
    return applied;
  };
  Policy result;
  using Names = std::vector<std::string>;
  CHECK(rules_for("numpy-2.0", "build_wheel", result).empty());
  CHECK(result.network == Network::kNone);
  CHECK(rules_for("torch-2.0", "get_requires_for_build_wheel", result) == Names{"1-net"});
  CHECK(result.network == Network::kContainer);
  CHECK(rules_for("torch-2.0", "build_wheel", result) == Names{"1-net", "2-wheel"});
  CHECK(*result.limits.processes == 7);
  CHECK(result.environment.keep_also.back() == "X_TOKEN");
  CHECK(rules_for("torch-9.0", "build_sdist", result) == Names{"1-net", "2-wheel", "3-again"});
  CHECK(result.network == Network::kNone);
  // Another package, whatever it is called.
  CHECK(rules_for("torch-evil-1.0", "build_wheel", result).empty());
  CHECK(rules_for("torch", "build_wheel", result) == Names{"1-net", "2-wheel"});
  // Whose work directory is not known is nobody special.
  CHECK(rules_for("", "build_wheel", result).empty());
}

TEST_CASE("policy: what is narrowed") {
  const NarrowRules rules = test::default_policy().narrow;
  CHECK(rules.views.empty());
  CHECK(rules.environment.empty());
  CHECK((rules.nosuid && rules.nodev && !rules.noexec));
  CHECK(rules.hide_engine_sockets);
  CHECK_FALSE(rules.engine_sockets.empty());
  CHECK(error_with(R"({"narrow": {"bind_mounts": [], "views": {"/srv": "ro", "/a/b": "hidden",
      "/x": {"view": "private", "backing": "memory", "size": 4096}}}})")
            .empty());
  for (const char* wrong :
       {R"({"/dev/shm": "hidden"})", R"({"/": "ro"})", R"({"/proc/sys": "ro"})",
        R"({"$HOME": "ro"})", R"({"/a/../b": "ro"})", R"({"/a": "rw"})",
        R"({"/a": {"view": "private", "backing": "disk"}})",
        R"({"/a": {"view": "cow", "size": 4096, "directories": 1, "fallback": "refuse"}})"}) {
    const std::string patch = std::string(R"({"narrow": {"views": )") + wrong + "}}";
    CHECK_MESSAGE(contains(error_with(patch.c_str()), "narrow.views"), wrong);
  }
  CHECK(contains(error_with(R"({"narrow": {"bind_mounts": ["ro"]}})"), "narrow.bind_mounts"));
  CHECK(contains(error_with(R"({"narrow": {"engine_sockets": {"paths": ["docker.sock"]}}})"),
                 "narrow.engine_sockets.paths"));
}

TEST_CASE("policy: a choice is checked when it is read, and laid over when it is chosen") {
  CHECK(contains(error_with(R"({"choices": {"a": {"containers": {}}}})"), "choices.a.containers"));
  CHECK(contains(error_with(R"({"choices": {"a": {"choices": {}}}})"), "choices.a.choices"));
  CHECK(contains(error_with(R"({"choices": {"a": {"network": "host"}}})"), "choices.a"));
  CHECK(contains(error_with(R"({"choices": {"a": {"packages": {"r": {"packages": ["x"],
                                "policy": {"network": "host"}}}}}})"),
                 "choices.a"));

  const test::TemporaryDirectory d;
  d.write("policy.json", R"({"views": {"/v": "ro"}, "choices": {
      "strict": {"identity": {"ephemeral": "required"}, "views": {"/v": null}},
      "open": {"network": "container"}}})");
  d.write("policy.d/a.json", R"({"choices": {"open": null, "strict": {"leases": 3}}})");
  const LoadedPolicy loaded = load_policy({RIND_SOURCE_POLICY, d.path()});
  CHECK(loaded.policy.identity.ephemeral == Want::kPreferred);
  const LoadedPolicy strict = policy_of_choice(loaded, "strict");
  CHECK(strict.policy.identity.ephemeral == Want::kRequired);
  CHECK(strict.policy.leases == 3);
  CHECK_FALSE((*strict.document)["views"].contains("/v"));
  CHECK(strict.policy.choices.empty());
  const std::string error = error_of([&] { policy_of_choice(loaded, "open"); });
  CHECK(contains(error, "strict"));
}
