#include "hook/policy/idle_rules.h"

#include <algorithm>

#include "tests/unit/support.h"

using namespace rind;
using rind::hook::idle_rules;
using rind::test::contains;

namespace {

// The idle rules of the defaults with `patch` that the patch is the cause of: "PATH WHY; REMEDY".
std::string idle(const char* patch) {
  const auto known = idle_rules(test::loaded_with("{}"));
  std::string lines;
  for (const auto& rule : idle_rules(test::loaded_with(patch))) {
    CHECK_FALSE(rule.remedy.empty());
    const bool old = std::any_of(known.begin(), known.end(), [&](const auto& other) {
      return other.path.text() == rule.path.text() && other.why == rule.why;
    });
    if (!old) lines += rule.path.text() + " " + rule.why + "; " + rule.remedy + "\n";
  }
  return lines;
}

void has(const char* patch, const char* path, const char* words) {
  const std::string found = idle(patch);
  CHECK_MESSAGE(found.starts_with(std::string(path) + " "), patch, " gives ", found);
  CHECK_MESSAGE(contains(found, words), patch, " gives ", found);
}

void none(const char* patch) { CHECK_MESSAGE(idle(patch).empty(), patch, " gives ", idle(patch)); }

}  // namespace

TEST_CASE("idle rules: patterns that match no name there can be") {
  const auto rule = [](const std::string& pattern, const std::string& hooks = "[]") {
    return R"({"packages": {"r": {"packages": [")" + pattern + R"("], "hooks": )" + hooks +
           R"(, "policy": {"network": "container"}}}})";
  };
  for (const char* pattern : {"torch >= 2", "torch>=2", "torch<3", "torch==>=2", "torch==v2",
                              "torch==2.0,<3", "git+https://x/y", "", " torch"}) {
    has(rule(pattern).c_str(), "packages.r.packages[0]", "matches no");
  }
  has(rule("torch-2.1.0").c_str(), "packages.r.packages[0]", "write \"torch==2.1.0\"");
  for (const char* pattern : {"torch", "Torch_Audio", "torch*", "*", "torch==2.*", "zope.*",
                              "torch==2.1.0+cpu", "a==1!2.0", "x-2", "[ab]*", "torch==*rc1"}) {
    none(rule(pattern).c_str());
  }
  has(rule("a", R"(["build_weel"])").c_str(), "packages.r.hooks[0]",
      "did you mean \"build_wheel\"?");
  has(rule("a", R"(["build_wheel", "wheel"])").c_str(), "packages.r.hooks[1]", "no build hook");
  none(rule("a", R"(["build_*", "get_requires_for_build_editable"])").c_str());
  has(R"({"packages": {"r": {"packages": ["a"], "policy": {}}}})", "packages.r.policy",
      "changes nothing");
}

TEST_CASE("idle rules: variables and devices") {
  has(R"({"environment": {"keep_also": ["A", "MY_TOKEN=x"]}})", "environment.keep_also[1]",
      "write \"MY_TOKEN\"");
  has(R"({"environment": {"keep_also": ["$MY_TOKEN"]}})", "environment.keep_also[0]",
      "write \"MY_TOKEN\"");
  has(R"({"environment": {"keep_also": ["A B"]}})", "environment.keep_also[0]", "no variable");
  has(R"({"narrow": {"environment": ["A-B"]}})", "narrow.environment[0]", "no variable");
  none(
      R"({"environment": {"keep_also": ["MY_B*", "[MY]_?"]}, "narrow": {"environment": ["X_*"]}})");
  has(R"({"environment": {"delete": ["CFLAGS"]}})", "environment.delete[0]",
      "environment.keep CFLAGS keeps the variable");
  none(R"({"environment": {"delete": ["MY_THING"]}})");
  has(R"({"environment": {"keep_also": ["CI_X"]}, "narrow": {"environment": ["CI_*"]}})",
      "environment.keep_also[0]", "narrow.environment CI_*");
  has(R"({"devices": ["dev/kvm"]})", "devices[0]", "write \"kvm\"");
  has(R"({"artefact_names": ["demo==1.0"]})", "artefact_names[0]", "no distribution");
  has(R"({"containers": {"environment": ["FROMAGER"]}})", "containers.environment[0]",
      "write \"FROMAGER=*\"");
  has(R"({"containers": {"annotation": "a.b=true"}})", "containers.annotation", "the name alone");
}

TEST_CASE("idle rules: views that another rule overrides, or that steps cannot use") {
  has(R"({"views": {"/srv/x": "rw"}})", "views./srv/x",
      R"(write "/srv/x": {"view": "rw", "lend": true})");
  none(R"({"views": {"/srv/x": {"view": "rw", "lend": true}}})");
  none(R"({"views": {"/srv/x": "rw"}, "identity": {"ephemeral": "none"}})");
  has(R"({"views": {"/srv/x": {"view": "rw", "lend": true}}, "identity": {"ephemeral": "none"}})",
      "views./srv/x.lend", "the builder's uid");
  has(R"({"hide": ["/srv"], "views": {"/srv/x": "ro"}})", "views./srv/x", "hide /srv overrides it");
  none(R"({"hide": ["/srv/y"], "views": {"/srv": "ro", "/srv/y": "hidden"}})");
  has(R"({"narrow": {"views": {"/srv": "hidden"}}, "views": {"/srv/x": "ro"}})", "views./srv/x",
      "narrow.views /srv hides it");
  has(R"({"narrow": {"views": {"/srv": "ro"}}, "identity": {"ephemeral": "none"},
          "views": {"/srv/x": "rw"}})",
      "views./srv/x", "read-only in the whole container");
  has(R"({"views": {"$VIRTUAL_ENV": "rw"}, "identity": {"ephemeral": "none"}})",
      "views.$VIRTUAL_ENV", "does nothing");
  has(R"({"views": {"$VIRTUAL_ENV": "hidden"}})", "views.$VIRTUAL_ENV", "are refused");
  has(R"({"views": {"$MY_TOKEN": "ro"}})", "views.$MY_TOKEN",
      "add \"MY_TOKEN\" to environment.keep_also");
  none(R"({"views": {"$MY_TOKEN": "ro"}, "environment": {"keep_also": ["MY_TOKEN"]}})");
  none(R"({"views": {"$MY_TOKEN": "hidden", "$MY_CACHE": "ro", "$HOME/.config/x": "ro"}})");
  has(R"({"narrow": {"environment": ["MY_*"]}, "views": {"$MY_CACHE": "ro"}})", "views.$MY_CACHE",
      "narrow.environment MY_*");
  has(R"({"views": {"$HOME": "ro"}})", "views.$HOME", "another HOME");
}

TEST_CASE("idle rules: those of rules and choices have the place of the patch") {
  has(R"({"packages": {"r": {"packages": ["a"], "policy": {"views": {"/x": "rw"}}}}})",
      "packages.r.policy.views./x", "lend");
  has(R"({"choices": {"c": {"hide": ["/x"], "views": {"/x/y": "ro"}}}})", "choices.c.views./x/y",
      "hide /x");
  has(R"({"choices": {"c": {"packages": {"r": {"packages": ["a >= 1"], "policy": {"network": "none"}}}}}})",
      "choices.c.packages.r.packages[0]", "matches no");
  has(R"({"seams": {"interpreter": {"installs": {"views": {"/x": "rw"}}}}})",
      "seams.interpreter.installs.views./x", "lend");
}

TEST_CASE("idle rules: the shipped defaults keep some for other images, and no view") {
  for (const auto& rule : idle_rules(test::loaded_with("{}"))) {
    CHECK_MESSAGE(!rule.path.text().starts_with("packages"), rule.path.text());
  }
}
