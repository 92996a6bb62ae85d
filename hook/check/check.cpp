#include "hook/check/check.h"

#include <unistd.h>

#include <cstdlib>
#include <set>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/sys.h"
#include "hook/check/check_engines.h"
#include "hook/check/check_install.h"
#include "hook/check/check_kernel.h"
#include "hook/check/check_seccomp.h"
#include "hook/check/check_toml.h"
#include "hook/check/check_versions.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;
using Versions = std::map<std::string, std::optional<Version>>;

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

// ~/.config of the user who runs the check. Root cannot know which user's rootless podman matters:
// for root, the check reads only the configuration of all users.
std::string own_config_home() {
  const std::string set = variable("XDG_CONFIG_HOME");
  if (!set.empty()) return set;
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.config";
}

Engine podman(bool rootless, const Versions& versions) {
  const auto& version = versions.at("podman");
  Engine engine{Engine::Kind::kPodman, rootless, version.has_value(), {}, {}};
  if (!version) return engine;
  PodmanPlaces places;
  if (!version->numbers.empty()) places.major = version->numbers[0];
  places.rootless = rootless;
  places.uid = ::getuid();
  if (rootless == (::getuid() != 0)) places.config_home = own_config_home();
  places.replaced_by = variable("CONTAINERS_CONF");
  places.also = variable("CONTAINERS_CONF_OVERRIDE");
  try {
    engine.config = read_config_files(podman_config_places(places));
  } catch (const Error& e) {
    engine.trouble = e.what();
  }
  return engine;
}

Engine crio(const Versions& versions) {
  Engine engine{Engine::Kind::kCrio, false, versions.at("crio").has_value(), {}, {}};
  try {
    engine.config = read_config_files({"/etc/crio/crio.conf", "/etc/crio/crio.conf.d/"});
  } catch (const Error& e) {
    engine.trouble = e.what();
  }
  // CRI-O may be installed in another directory; then its configuration shows that it is there.
  engine.installed = engine.installed || !engine.config.empty();
  return engine;
}

// `podman build` runs buildah's code.
Engine build(bool rootless, const Versions& versions) {
  const bool installed = versions.at("buildah") || versions.at("podman");
  return {Engine::Kind::kBuildah, rootless, installed, {}, {}};
}

// Checks the seccomp profile that CRI-O uses for pods without one.
Finding check_crio_seccomp(const Engine& engine) {
  const std::string id = "seccomp.crio";
  if (!engine.installed) return {Outcome::kOk, id, "not installed", ""};
  const std::string remedy =
      "set the pod's seccompProfile, or seccomp_profile in [crio.runtime], "
      "to " RIND_SECCOMP_PROFILE;
  std::string profile;
  for (const auto& [path, text] : engine.config) {
    profile = toml_string(text, path, "crio.runtime", "seccomp_profile").value_or(profile);
  }
  if (profile.empty()) {
    return {Outcome::kWarning, id, "CRI-O's own profile, which denies namespaces and mounts",
            remedy};
  }
  constexpr size_t kLimit = 4 * 1024 * 1024;
  const auto denied = denied_calls(read_json_file(profile, kLimit), profile);
  if (denied.empty()) {
    return {Outcome::kOk, id, profile + " allows a step's namespaces and mounts", ""};
  }
  std::string found = profile + " denies";
  for (const auto& call : denied) found += " " + call;
  return {Outcome::kWarning, id, found, remedy};
}

void append(Findings& findings, Findings more) {
  for (auto& finding : more) findings.push_back(std::move(finding));
}

void add_engines(Findings& findings, const std::vector<Engine>& engines, const HostPaths& paths,
                 const std::string& hook_path) {
  std::vector<std::string> directories = {kShareHooks, kEtcHooks};
  std::set<std::string> known(directories.begin(), directories.end());
  for (const auto& engine : engines) {
    try {
      for (const auto& directory : hook_directories(engine)) {
        if (known.insert(directory).second) directories.push_back(directory);
      }
    } catch (const Error&) {
      // judge_engine reports it.
    }
  }
  const std::vector<HookFile> files = find_hook_files(directories, hook_path);
  append(findings, judge_hook_files(files));
  append(findings, judge_options(files, {{"--helper", paths.helper},
                                         {"--defaults", paths.policy.defaults},
                                         {"--config", paths.policy.directory}}));
  for (const auto& engine : engines) findings.push_back(judge_engine(engine, files));
}

Findings look_at_host(const HostPaths& paths, const std::string& hook_path) {
  Findings findings = check_installed(paths, hook_path);
  const std::vector<std::string> programs = {"podman", "buildah", "crio", "crun", "runc", "conmon"};
  const Versions versions = ask_versions(programs);
  const Engine cri = crio(versions);
  add_engines(findings,
              {podman(false, versions), podman(true, versions), build(false, versions),
               build(true, versions), cri},
              paths, hook_path);
  try {
    findings.push_back(check_crio_seccomp(cri));
  } catch (const Error& e) {
    findings.push_back(failed("seccomp.crio", e));
  }
  append(findings, check_settings(paths.helper));
  append(findings, check_features());
  for (const auto& program : programs) {
    findings.push_back(judge_version(program, versions.at(program)));
  }
  return findings;
}

}  // namespace

int check(const HostPaths& paths, const std::string& hook_path, bool json) {
  const Findings findings = look_at_host(paths, hook_path);
  const bool ok = !any_failed(findings);
  const Json report = {{"version", 1}, {"ok", ok}, {"checks", findings_json(findings)}};
  sys::write_all(STDOUT_FILENO,
                 json ? report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                      : findings_text(findings),
                 "standard output");
  return ok ? 0 : 1;
}

}  // namespace rind::hook
