#include "hook/check/check_lsm.h"

#include <algorithm>
#include <vector>

#include "common/base/text.h"
#include "common/kit/selinux.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

constexpr const char* kModule = "/usr/share/selinux/packages/targeted/rind.pp.bz2";

}  // namespace

Finding judge_selinux(const SelinuxState& state, const std::string& helper) {
  const std::string id = "lsm.selinux";
  if (!state.enabled) return {Outcome::kOk, id, "not enabled", ""};
  const std::string mode = state.enforcing ? "enforcing" : "permissive";
  // A permissive host may become enforcing.
  const Outcome wrong = state.enforcing ? Outcome::kFailed : Outcome::kWarning;
  const std::string without = "; or start builders with --security-opt label=disable";
  if (!state.module) {
    return {wrong, id,
            mode + ", but the SELinux policy has no type " + selinux::kDomain +
                ": container_t cannot mount the /proc of a step",
            "install rind-selinux (semodule -i " + std::string(kModule) + ", then restorecon -v " +
                helper + ")" + without};
  }
  if (selinux::type_of(state.label) != selinux::kHelperType) {
    const std::string label = state.label.empty() ? "no label" : "the label " + state.label;
    return {wrong, id,
            mode + ", but the helper has " + label +
                ": it runs as container_t, which cannot mount the /proc of a step",
            "run: restorecon -v " + helper + without};
  }
  return {Outcome::kOk, id, mode + ", the helper has the label " + state.label, ""};
}

Finding judge_apparmor(bool enabled, const std::optional<std::string>& profiles) {
  const std::string id = "lsm.apparmor";
  if (!enabled) return {Outcome::kOk, id, "not enabled", ""};
  const std::string use = "start builders with --security-opt apparmor=rind-builder";
  const auto lines = split(profiles.value_or(""), '\n');
  const auto loaded = [&](const std::string& name) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.starts_with(name); });
  };
  if (loaded("rind-builder (")) {
    return {Outcome::kOk, id, "enabled, the profile rind-builder is loaded: " + use, ""};
  }
  const std::string remedy =
      "run: cp " RIND_APPARMOR_PROFILE
      " /etc/apparmor.d/ && apparmor_parser -r /etc/apparmor.d/rind-builder; "
      "then " +
      use;
  if (!profiles) {
    return {Outcome::kUnknown, id, "enabled, but the list of loaded profiles cannot be read",
            "run the check as root, with securityfs mounted on /sys/kernel/security"};
  }
  return {Outcome::kWarning, id,
          std::string("enabled, but the profile rind-builder is not loaded: under the engines' own "
                      "profiles, newer kernels deny a step's mounts (6.12 does, 6.1 does not)") +
              (loaded("containers-default") ? " (containers-default is loaded)" : ""),
          remedy};
}

}  // namespace rind::hook
