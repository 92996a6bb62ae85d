#include "helper/supervisor/id_maps.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/blocked_call.h"
#include "common/base/sys.h"
#include "helper/pid1/denied.h"

namespace rind {
namespace {

// The value of a sysctl; `missing` where it does not exist.
long sysctl(const std::string& path, long missing) {
  try {
    const auto text = sys::try_read_file(path, 64);
    return text ? std::strtol(text->c_str(), nullptr, 10) : missing;
  } catch (const SysError&) {
    return missing;
  }
}

void write_map(const std::string& process, const std::string& file, const std::string& text) {
  const std::string path = process + "/" + file;
  const Fd fd = sys::open(AT_FDCWD, path, O_WRONLY);
  sys::write_all(fd.get(), text, path);
}

std::string map_text(const std::vector<IdPair>& pairs) {
  std::string text;
  for (const auto& pair : pairs) {
    text += std::to_string(pair.inside) + " " + std::to_string(pair.outside) + " 1\n";
  }
  return text;
}

}  // namespace

Error no_user_namespace(int code) {
  const std::string what = "make the step's namespaces";
  const std::string error = std::strerror(code);
  if (sysctl("/proc/sys/user/max_user_namespaces", 1) == 0) {
    return Error(what, "the host allows no user namespaces (user.max_user_namespaces is 0)",
                 "set the sysctl user.max_user_namespaces on the host, e.g. to 15000");
  }
  if (code == ENOSPC || code == EUSERS) {
    return Error(what, "a limit on namespaces is reached (" + error + ")",
                 "raise the sysctls user.max_*_namespaces on the host");
  }
  if (sysctl("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0) {
    return Error(what, "the host denies user namespaces (kernel.unprivileged_userns_clone is 0)",
                 "set the sysctl kernel.unprivileged_userns_clone to 1 on the host");
  }
  if (sysctl("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1) {
    return Error(what, "AppArmor denies user namespaces (" + error + ")",
                 "set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0 on the host");
  }
  const char* const blocked = blocked_call();
  if (blocked != nullptr && std::string(blocked) == "clone3") {
    return Error(what,
                 "the container's seccomp profile denies new namespaces (clone3: " + error + ")",
                 profile_remedy());
  }
  return Error(
      what,
      "the container's seccomp profile or security module denies new namespaces (" + error + ")",
      profile_remedy());
}

void map_ids(const std::string& process, const std::vector<IdPair>& uids,
             const std::vector<IdPair>& gids) {
  try {
    write_map(process, "setgroups", "deny");
    write_map(process, "uid_map", map_text(uids));
    write_map(process, "gid_map", map_text(gids));
  } catch (const SysError& e) {
    if (e.code() == EROFS) {
      throw Error("map the step's ids", "/proc is read-only",
                  "start the container, or the tool that runs the front end in it, with a "
                  "writable /proc");
    }
    if (e.code() != EPERM && e.code() != EACCES) throw;
    if (sysctl("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1) {
      throw no_user_namespace(e.code());
    }
    const bool root =
        std::any_of(uids.begin(), uids.end(), [](const IdPair& pair) { return pair.outside == 0; });
    throw Error("map the step's ids", e.what(),
                root ? "run the container with --cap-add SETFCAP" : "");
  }
}

}  // namespace rind
