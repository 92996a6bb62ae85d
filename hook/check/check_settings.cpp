// Checks settings of the kernel and of its security modules.
#include <fcntl.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstring>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/kit/selinux.h"
#include "hook/check/check_install.h"
#include "hook/check/check_kernel.h"
#include "hook/check/check_lsm.h"
#include "hook/paths.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

// The first line of a file in /proc or /sys; nothing when the file does not exist.
std::optional<std::string> value_of(const std::string& path) {
  auto text = sys::try_read_file(path, kTextLimit);
  if (text) *text = text->substr(0, text->find('\n'));
  return text;
}

// Checks that a sysctl does not have the value `denies`. A kernel without the sysctl is fine.
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

// True when the loaded SELinux policy knows the context (like security_check_context(3), without
// libselinux).
bool policy_knows(const std::string& context) {
  try {
    const Fd file = sys::open(AT_FDCWD, "/sys/fs/selinux/context", O_RDWR);
    sys::write_all(file.get(), context + '\0', "/sys/fs/selinux/context");
    return true;
  } catch (const SysError& e) {
    if (e.code() == EINVAL) return false;
    throw;
  }
}

Finding check_selinux(const std::string& helper) {
  const auto enforcing = value_of("/sys/fs/selinux/enforce");
  if (!enforcing) return judge_selinux({}, helper);
  SelinuxState state;
  state.enabled = true;
  state.enforcing = *enforcing == "1";
  state.module = policy_knows(std::string("system_u:system_r:") + selinux::kDomain + ":s0");
  char label[256];
  const ssize_t n = ::lgetxattr(helper.c_str(), "security.selinux", label, sizeof label);
  // The label on disk may end with a zero byte.
  if (n > 0) state.label.assign(label, ::strnlen(label, static_cast<size_t>(n)));
  return judge_selinux(state, helper);
}

Finding check_apparmor() {
  const auto enabled = value_of("/sys/module/apparmor/parameters/enabled");
  std::optional<std::string> profiles;
  try {
    profiles = sys::try_read_file("/sys/kernel/security/apparmor/profiles", kTextLimit);
  } catch (const SysError& e) {
    if (e.code() != EACCES) throw;  // only root can read it
  }
  return judge_apparmor(enabled == "Y", profiles);
}

}  // namespace

Findings check_settings(const std::string& helper) {
  Findings findings;
  findings.push_back(check_sysctl("user.max_user_namespaces", "/proc/sys/user/max_user_namespaces",
                                  "0",
                                  "run: sysctl user.max_user_namespaces=10000 (hardening guides, "
                                  "such as STIG, set it to 0)"));
  findings.push_back(check_sysctl("kernel.unprivileged_userns_clone",
                                  "/proc/sys/kernel/unprivileged_userns_clone", "0",
                                  "run: sysctl kernel.unprivileged_userns_clone=1"));
  findings.push_back(check_sysctl(
      "kernel.apparmor_restrict_unprivileged_userns",
      "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
      "run: sysctl kernel.apparmor_restrict_unprivileged_userns=0; or start builders under the "
      "profile " RIND_APPARMOR_PROFILE " (not with rootless engines, which use no profile)"));
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
