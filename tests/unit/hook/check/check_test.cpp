// What `rind-hook check` makes of what it finds: hook files, engines' configuration, versions,
// seccomp profiles.
#include "common/base/json.h"
#include "hook/check/check_engines.h"
#include "hook/check/check_install.h"
#include "hook/check/check_seccomp.h"
#include "hook/check/check_toml.h"
#include "hook/check/check_versions.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;
using rind::test::error_of;
using Outcome = Finding::State;

namespace {

constexpr const char* kHook = "/usr/libexec/oci/hooks.d/rind-hook";

std::string hook_text(const std::string& stages = R"(["prestart", "poststart"])",
                      const std::string& path = kHook,
                      const std::string& arguments = R"(["rind-hook", "hook"])") {
  return R"({"version": "1.0.0", "hook": {"path": ")" + path + R"(", "args": )" + arguments +
         R"(, "timeout": 30}, "when": {"always": true}, "stages": )" + stages + "}";
}

HookFile file_of(const std::string& text, const std::string& directory = kShareHooks,
                 const std::string& name = "50-oci-rind.json") {
  HookFile file = parse_hook_file(directory, name, text, kHook);
  file.executable = true;
  return file;
}

// The worst state of the findings on one file.
Outcome worst_of(const HookFile& file) {
  Outcome worst = Outcome::kOk;
  for (const auto& finding : judge_hook_files({file})) {
    if (worst != Outcome::kFailed && finding.state != Outcome::kOk) worst = finding.state;
  }
  return worst;
}

Engine engine(Engine::Kind kind, bool rootless, std::vector<ConfigFile> config = {}) {
  return {kind, rootless, true, std::move(config), {}};
}

}  // namespace

TEST_CASE("hook files: arguments that the hook does not understand, or of other files") {
  const auto with = [](const std::string& arguments) {
    return file_of(hook_text(R"(["prestart", "poststart"])", kHook, arguments));
  };
  for (const char* wrong :
       {"[]", R"(["rind-hook"])", R"(["hook"])", R"(["rind-hook", "check"])",
        R"(["rind-hook", "hook", "--confg", "/x"])", R"(["rind-hook", "hook", "--config"])",
        R"(["rind-hook", "--config", "/x", "hook"])", R"(["rind-hook", "hook", "hook"])"}) {
    CHECK_MESSAGE(worst_of(with(wrong)) == Outcome::kFailed, wrong);
  }
  const std::map<std::string, std::string> checked = {
      {"--helper", "/h"}, {"--defaults", "/d"}, {"--config", "/c"}};
  const auto same = with(R"(["rind-hook", "hook", "--config=/c", "--helper", "/h"])");
  CHECK(worst_of(same) == Outcome::kOk);
  CHECK(judge_options({same}, checked).empty());
  const auto other = judge_options({with(R"(["rind-hook", "hook", "--config", "/e"])")}, checked);
  REQUIRE(other.size() == 1);
  CHECK(other[0].remedy == "run rind-hook check --config /e");
}

TEST_CASE("check: a hook file that every engine can read") {
  const HookFile file = file_of(hook_text());
  CHECK(file.trouble.empty());
  CHECK(file.ours);
  CHECK(worst_of(file) == Outcome::kOk);
}

TEST_CASE("check: hook files that stop every container, and say why") {
  CHECK(contains(file_of("{").trouble, "50-oci-rind.json"));
  CHECK(contains(file_of(hook_text(R"(["prestrat"])")).trouble, "prestrat"));
  CHECK(contains(file_of(hook_text("[]")).trouble, "stages"));
  CHECK(contains(file_of(hook_text(R"(["prestart"])", "relative")).trouble, "absolute"));
  CHECK(contains(file_of(R"({"version": "1.1.0"})").trouble, "version"));
  CHECK(worst_of(file_of("{")) == Outcome::kFailed);
}

TEST_CASE("check: precreate is podman's alone") {
  const std::string text = hook_text(R"(["prestart", "poststart", "precreate"])");
  CHECK(worst_of(file_of(text)) == Outcome::kFailed);
  CHECK(worst_of(file_of(text, "/etc/containers/podman-hooks.d")) == Outcome::kOk);
}

TEST_CASE("check: a file that names a missing program") {
  HookFile ours = file_of(hook_text());
  ours.executable = false;
  CHECK(worst_of(ours) == Outcome::kFailed);
  HookFile other = file_of(hook_text(R"(["prestart"])", "/usr/bin/other"));
  other.executable = false;
  const auto findings = judge_hook_files({file_of(hook_text(), kShareHooks, "a.json"), other});
  REQUIRE(findings.size() == 2);
  CHECK(findings[1].state == Outcome::kWarning);
}

TEST_CASE("check: no file of ours, and two of one name") {
  CHECK(judge_hook_files({}).at(0).state == Outcome::kFailed);
  const auto findings = judge_hook_files({file_of(hook_text()), file_of(hook_text(), kEtcHooks)});
  REQUIRE(findings.size() == 3);
  CHECK(contains(findings[2].found, "has the same name as a file in"));
}

TEST_CASE("check: podman reads /usr/share alone until it is told otherwise") {
  const std::vector<HookFile> share = {file_of(hook_text())};
  const std::vector<HookFile> etc = {file_of(hook_text(), kEtcHooks)};
  const Engine plain = engine(Engine::Kind::kPodman, false);
  CHECK(judge_engine(plain, share).state == Outcome::kOk);
  CHECK(judge_engine(plain, etc).state == Outcome::kFailed);
  const Engine told = engine(Engine::Kind::kPodman, false, {{"a.conf", R"([engine]
hooks_dir = ["/usr/share/containers/oci/hooks.d", "/etc/containers/oci/hooks.d"])"}});
  CHECK(judge_engine(told, etc).state == Outcome::kOk);
  CHECK(contains(judge_engine(told, etc).found, "a.conf"));
  // The same name in both: once in podman, twice in buildah.
  const std::vector<HookFile> both = {share[0], etc[0]};
  CHECK(judge_engine(told, both).state == Outcome::kOk);
  CHECK(judge_engine(engine(Engine::Kind::kBuildah, false), both).state == Outcome::kWarning);
}

TEST_CASE("check: the later directory's file holds in podman, though it is another's") {
  const std::vector<HookFile> files = {
      file_of(hook_text()), file_of(hook_text(R"(["prestart"])", "/usr/bin/other"), kEtcHooks)};
  CHECK(times_started(files, {kShareHooks, kEtcHooks}, true) == 0);
  CHECK(times_started(files, {kEtcHooks, kShareHooks}, true) == 1);
  CHECK(times_started(files, {kShareHooks, kEtcHooks}, false) == 1);
}

TEST_CASE("check: what the other engines read") {
  const std::vector<HookFile> etc = {file_of(hook_text(), kEtcHooks)};
  CHECK(judge_engine(engine(Engine::Kind::kBuildah, false), etc).state == Outcome::kOk);
  CHECK(judge_engine(engine(Engine::Kind::kBuildah, true), etc).state == Outcome::kWarning);
  CHECK(judge_engine(engine(Engine::Kind::kCrio, false), etc).state == Outcome::kFailed);
  const Engine told = engine(Engine::Kind::kCrio, false, {{"crio.conf", R"([crio.runtime]
hooks_dir = ["/etc/containers/oci/hooks.d"])"}});
  CHECK(judge_engine(told, etc).state == Outcome::kOk);
  Engine absent = engine(Engine::Kind::kCrio, false);
  absent.installed = false;
  CHECK(judge_engine(absent, {}).state == Outcome::kOk);
}

TEST_CASE("check: where podman looks for containers.conf") {
  PodmanPlaces places;
  CHECK(podman_config_places(places) ==
        std::vector<std::string>{"/usr/share/containers/containers.conf",
                                 "/etc/containers/containers.conf",
                                 "/etc/containers/containers.conf.d/"});
  places.rootless = true;
  places.uid = 1000;
  places.config_home = "/home/u/.config";
  CHECK(podman_config_places(places).back() == "/home/u/.config/containers/containers.conf.d/");
  CHECK(podman_config_places(places).size() == 5);
  places.major = 5;
  CHECK(podman_config_places(places).size() == 8);
  places.major = 6;
  CHECK(podman_config_places(places)[1] == "/usr/share/containers/containers.conf.d/");
  places.replaced_by = "/x.conf";
  places.also = "/y.conf";
  CHECK(podman_config_places(places) == std::vector<std::string>{"/x.conf", "/y.conf"});
}

TEST_CASE("check: lists in containers.conf, in TOML's full generality") {
  LayeredList list({"/default"});
  list.lay_over("[engine]\n# nothing\n", "a", "engine", "hooks_dir");
  CHECK(list.values() == std::vector<std::string>{"/default"});
  CHECK(list.origin().empty());
  list.lay_over("engine.hooks_dir = [ 'one', \"\"\"\ntwo\"\"\", # c\n ]", "b", "engine",
                "hooks_dir");
  CHECK(list.values() == std::vector<std::string>{"one", "two"});
  list.lay_over("[engine]\nhooks_dir = ['three', {append = true}]", "c", "engine", "hooks_dir");
  CHECK(list.values() == std::vector<std::string>{"one", "two", "three"});
  // The attribute stays, as it does in containers/common.
  list.lay_over("[engine]\nhooks_dir = ['four']", "d", "engine", "hooks_dir");
  CHECK(list.values().size() == 4);
  CHECK(list.origin() == "d");
  CHECK(
      contains(error_of([&] { list.lay_over("[engine", "bad.conf", "engine", "x"); }), "bad.conf"));
  // toml++ asserts that there is no such key.
  for (const char* text : {"[.a]", "[.b.\"c\"]", "[ .a]", ".a = 1", "[[.a]]", "[a..b]", "a. = 1"}) {
    INFO(text);
    CHECK(contains(error_of([&] { list.lay_over(text, "bad.conf", "engine", "x"); }), "bad.conf"));
  }
  CHECK(contains(
      error_of([&] { list.lay_over("[engine]\nhooks_dir='x'", "e", "engine", "hooks_dir"); }),
      "engine.hooks_dir"));
}

TEST_CASE("check: versions, as programs say them") {
  CHECK(parse_version("crun version 1.8.1\ncommit: f8\n").numbers ==
        std::vector<unsigned>{1, 8, 1});
  CHECK(parse_version("runc version 1.1.5+ds1\n").numbers == std::vector<unsigned>{1, 1, 5});
  CHECK(parse_version("nothing").numbers.empty());
  CHECK(judge_version("runc", parse_version("runc version 1.1.5")).state == Outcome::kWarning);
  CHECK(
      contains(judge_version("runc", parse_version("runc version 1.1.5")).found, "CVE-2024-21626"));
  CHECK_FALSE(
      contains(judge_version("runc", parse_version("runc version 1.2.7")).found, "CVE-2024-21626"));
  CHECK(judge_version("runc", parse_version("runc version 1.2.7")).state == Outcome::kWarning);
  CHECK(judge_version("runc", parse_version("runc version 1.2.8")).state == Outcome::kOk);
  CHECK(judge_version("runc", parse_version("runc version 1.3.2")).state == Outcome::kWarning);
  CHECK(judge_version("runc", parse_version("runc version 1.4.0")).state == Outcome::kOk);
  CHECK(judge_version("crun", parse_version("crun version 1.8.1")).state == Outcome::kOk);
  CHECK(judge_version("crio", std::nullopt).found == "not installed");
}

TEST_CASE("check: what a seccomp profile denies a container without capabilities") {
  const auto denied = [](const char* text) { return denied_calls(parse_json(text, "p"), "p"); };
  CHECK(denied(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []})").empty());
  const auto none = denied(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
    {"names": ["clone3", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
               "mount_setattr"], "action": "SCMP_ACT_ALLOW"}]})");
  CHECK(none.empty());
  CHECK(denied_calls(read_json_file(RIND_SOURCE_PROFILE, 1024 * 1024), "ours").empty());
  const auto with_caps = denied(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
    {"names": ["clone3", "open_tree"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}}]})");
  CHECK(with_caps.size() == 7);
  CHECK(denied(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["clone3"], "action": "SCMP_ACT_ERRNO"}]})") == std::vector<std::string>{"clone3"});
}

TEST_CASE("check: an ELF file that needs a loader") {
  CHECK_FALSE(elf_kind("#!/bin/sh").is_elf);
  CHECK_FALSE(elf_kind(std::string("\177ELF", 4)).is_elf);
}
