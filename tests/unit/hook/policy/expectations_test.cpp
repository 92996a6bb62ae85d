#include "hook/policy/expectations.h"

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::hook::Expectation;
using rind::test::contains;

namespace {

std::vector<Expectation> judged(const char* policy, const std::string& tests) {
  const Json document = parse_json(tests, "t.json");
  return hook::judge_expectations(JsonObject(document, "t.json"), test::loaded_with(policy));
}

// What does not hold of one step; "" when all holds. step: without its braces.
std::string failed(const char* policy, const std::string& step,
                   const std::string& container = "{}") {
  std::string lines;
  for (const auto& found : judged(policy, R"({"version": 1, "container": )" + container +
                                              R"(, "steps": [{)" + step + "}]}")) {
    if (!found.holds) lines += found.text + ": " + found.found + "\n";
  }
  return lines;
}

std::string error(const std::string& tests) {
  return test::error_of([&] { judged("{}", tests); });
}

constexpr const char* kTorch = R"({"packages": {"torch": {"packages": ["torch==2.*"],
  "hooks": ["build_wheel"], "policy": {"network": "container", "views": {"/srv/models": "ro"},
  "limits": {"wall_clock_seconds": 7200}}}}, "hide": ["/srv/keys"]})";

}  // namespace

TEST_CASE("expectations: a package's rule holds for its packages and hooks alone") {
  const std::string with = R"("network": "container", "rules": ["torch"],
    "limits": {"wall_clock_seconds": 7200}, "paths": {"/srv/models/a": "ro", "/srv/keys/k": "hidden"})";
  const std::string without =
      R"("network": "none", "rules": [], "limits": {"wall_clock_seconds": 86400})";
  const auto step = [](const char* what, const std::string& expected) {
    return std::string(what) + R"(, "expect": {)" + expected + "}";
  };
  const char* const right = R"("hook": "build_wheel", "package": "Torch", "version": "2.1.0")";
  CHECK(failed(kTorch, step(right, with)).empty());
  const std::string wrong = failed(kTorch, step(right, without));
  CHECK(contains(wrong,
                 "step 1, build_wheel of Torch: network none: it is container "
                 "(packages.torch)"));
  CHECK(contains(wrong, "limits.wall_clock_seconds 86400: it is 7200"));
  CHECK(contains(wrong, "rules none: it is torch"));
  for (const char* other : {R"("hook": "build_sdist", "package": "torch", "version": "2.1.0")",
                            R"("hook": "build_wheel", "package": "torch", "version": "1.13")",
                            R"("hook": "build_wheel", "package": "torch-evil", "version": "2.0")",
                            R"("hook": "build_wheel", "package": "torch")",
                            R"("hook": "build_wheel")", R"("command": ["make"])"}) {
    CHECK_MESSAGE(failed(kTorch, step(other, without)).empty(), other);
  }
}

TEST_CASE("expectations: views, with the rule that makes them") {
  const auto path = [](const char* policy, const std::string& where, const std::string& view) {
    return failed(policy, R"("hook": "build_wheel", "expect": {"paths": {")" + where + R"(": ")" +
                              view + "\"}}");
  };
  CHECK(path("{}", ".", "rw").empty());
  CHECK(path("{}", "$VIRTUAL_ENV", "ro").empty());
  CHECK(path("{}", "$HOME/x", "private").empty());
  CHECK(path("{}", "/etc/hosts", "ro").empty());
  CHECK(contains(path("{}", "/etc/hosts", "rw"), "it is ro (the root is read-only)"));
  CHECK(contains(path("{}", "$HOME", "ro"), "it is private (views.$HOME)"));
  CHECK(contains(path(R"({"hide": ["/srv"]})", "/srv/x", "ro"), "it is hidden (hide /srv)"));
  CHECK(contains(path(R"({"narrow": {"views": {"/srv": "hidden"}}})", "/srv/x", "ro"),
                 "narrow.views./srv, in the whole container"));
  CHECK(failed(R"({"views": {"/srv": "rw"}})",
               R"("hook": "build_wheel", "expect": {"paths": {"/srv": "ro"}})",
               R"({"absent": ["/srv"]})")
            .empty());
  CHECK(failed("{}", R"("install": true, "expect": {"paths": {"$VIRTUAL_ENV": "rw"}})").empty());
}

TEST_CASE("expectations: variables by who set them") {
  const char* const step = R"("hook": "build_wheel", "front_end": {"B_TOKEN": "secret"},
    "environment": {"C_TOKEN_FOR_STEP": "secret"}, "expect": {"variables": {"A_THING": "kept",
    "B_TOKEN": "dropped", "C_TOKEN_FOR_STEP": "kept", "D": "not set"}})";
  const char* const container = R"({"environment": {"A_THING": "x"}})";
  CHECK(failed("{}", step, container).empty());
  const std::string narrowed = failed(R"({"narrow": {"environment": ["A_*"]}})", step, container);
  CHECK(contains(narrowed, "A_THING kept: it is dropped (narrow.environment)"));
  CHECK(contains(failed(R"({"environment": {"keep_also": ["B_TOKEN"]}})", step, container),
                 "B_TOKEN dropped: it is kept (environment.keep_also B_TOKEN)"));
}

TEST_CASE("expectations: identity, refusals and annotations") {
  const char* const ephemeral = R"("hook": "build_wheel", "expect": {"identity": "ephemeral"})";
  CHECK(failed("{}", ephemeral).empty());
  CHECK(contains(failed("{}", ephemeral, R"({"user": 1001})"),
                 "it is self (the builder lacks CAP_SETUID)"));
  const char* const required = R"({"identity": {"ephemeral": "required"}})";
  const char* const refused = R"("hook": "build_wheel", "expect": {"refused": true})";
  CHECK(failed(required, refused, R"({"user": 1001})").empty());
  CHECK(contains(failed(required, refused), "refused: it is planned"));
  CHECK(contains(failed(required, ephemeral, R"({"user": 1001})"),
                 "not refused: it is refused: give the step an identity of its own"));
  CHECK(failed(R"({"network": "container"})",
               R"("hook": "build_wheel", "expect": {"network": "none"})",
               R"({"annotations": {"io.rind.network": "none"}})")
            .empty());
  CHECK(contains(test::error_of([] {
                   failed("{}", R"("hook": "build_wheel", "expect": {})",
                          R"({"annotations": {"io.rind.policy": "x"}})");
                 }),
                 "offers no choices"));
}

TEST_CASE("expectations: a file of another form is an error that names the key") {
  CHECK(contains(error(R"({"version": 1, "steps": []})"), "an array of steps"));
  CHECK(contains(error(R"({"version": 1, "steps": [{"expect": {}}]})"),
                 "one of hook, command and install"));
  CHECK(
      contains(error(R"({"version": 1, "steps": [{"hook": "x", "expect": {"netwrok": "none"}}]})"),
               "steps[0].expect.netwrok is not a known key; did you mean \"network\"?"));
  CHECK(contains(
      error(R"({"version": 1, "steps": [{"hook": "x", "expect": {"paths": {"/a": "readonly"}}}]})"),
      "steps[0].expect.paths./a is \"readonly\""));
  CHECK(contains(
      error(R"({"version": 1, "steps": [{"hook": "x", "expect": {"paths": {"$NOT": "ro"}}}]})"),
      "a variable with a value"));
}
