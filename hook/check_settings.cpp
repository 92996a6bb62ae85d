// Settings of the kernel and its security modules.
#include <sys/xattr.h>

#include <cerrno>

#include "common/error.h"
#include "hook/check_install.h"
#include "hook/check_kernel.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

// The first line of a file below /proc or /sys; nothing when there is none.
std::optional<std::string> value_of(const std::string& path) {
  auto text = text_if_any(path);
  if (text) *text = text->substr(0, text->find('\n'));
  return text;
}

// A sysctl that must not have one value. A kernel without it has nothing to deny.
Finding check_sysctl(const std::string& name, const std::string& path, const std::string& denies,
                     const std::string& remedy) {
  const std::string id = "sysctl." + name;
  try {
    const auto value = value_of(path);
    if (!value) return {Outcome::kOk, id, "this kernel has no such setting", ""};
    if (*value == denies)
      return {Outcome::kFailed, id, *value + ": no step can be isolated", remedy};
    return {Outcome::kOk, id, *value, ""};
  } catch (const Error& e) {
    return {Outcome::kUnknown, id, e.what(), ""};
  }
}

// Tried on no host with SELinux: what it says follows from the policy's sources.
Finding check_selinux(const std::string& helper) {
  const std::string id = "lsm.selinux";
  const auto enforcing = value_of("/sys/fs/selinux/enforce");
  if (!enforcing) return {Outcome::kOk, id, "not enabled", ""};
  if (*enforcing != "1") return {Outcome::kOk, id, "permissive", ""};
  char label[256];
  const ssize_t n = ::lgetxattr(helper.c_str(), "security.selinux", label, sizeof label);
  const std::string text = n > 0 ? std::string(label, static_cast<size_t>(n)) : "no label";
  if (text.find(":rind_exec_t:") != std::string::npos) {
    return {Outcome::kOk, id, "enforcing, the helper is " + text, ""};
  }
  return {
      Outcome::kFailed, id,
      "enforcing, and the helper is " + text + ": container_t may not mount the /proc of a step",
      "Rind ships no policy module yet: start builders with --security-opt label=disable"};
}

Finding check_apparmor() {
  const std::string id = "lsm.apparmor";
  const auto enabled = value_of("/sys/module/apparmor/parameters/enabled");
  if (!enabled || *enabled != "Y") return {Outcome::kOk, id, "not enabled", ""};
  const std::string remedy =
      "podman's profile containers-default and Docker's deny mounts: start builders with "
      "--security-opt apparmor=unconfined, or under a profile that allows mount";
  const auto profiles = text_if_any("/sys/kernel/security/apparmor/profiles");
  if (profiles && profiles->find("containers-default") != std::string::npos) {
    return {Outcome::kWarning, id, "enabled, and a profile containers-default is loaded", remedy};
  }
  return {Outcome::kWarning, id,
          "enabled; podman loads its profile when it starts a container as root", remedy};
}

}  // namespace

Findings check_settings(const std::string& helper) {
  Findings findings;
  findings.push_back(check_sysctl("user.max_user_namespaces", "/proc/sys/user/max_user_namespaces",
                                  "0",
                                  "sysctl user.max_user_namespaces=10000: hardening guides (STIG) "
                                  "set it to 0"));
  findings.push_back(check_sysctl("kernel.unprivileged_userns_clone",
                                  "/proc/sys/kernel/unprivileged_userns_clone", "0",
                                  "sysctl kernel.unprivileged_userns_clone=1"));
  findings.push_back(
      check_sysctl("kernel.apparmor_restrict_unprivileged_userns",
                   "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
                   "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or start builders under "
                   "an AppArmor profile with `userns,` and `mount,`"));
  const auto look = [&](const std::string& id, auto check) {
    try {
      findings.push_back(check());
    } catch (const Error& e) {
      findings.push_back({Outcome::kUnknown, id, e.what(), "run the check as root"});
    }
  };
  look("lsm.selinux", [&] { return check_selinux(helper); });
  look("lsm.apparmor", [] { return check_apparmor(); });
  return findings;
}

}  // namespace rind::hook
