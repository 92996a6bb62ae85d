#include "helper/pid1/denied.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "helper/paths.h"

namespace rind {
namespace {

// A filter answers EPERM (Docker) or ENOSYS (podman). The kernel answers EINVAL to these flags
// before it checks any right (fs/namespace.c).
bool denies(long call) {
  constexpr unsigned kNoSuchFlags = ~0U;
  return ::syscall(call, -1, "", kNoSuchFlags, nullptr, 0) < 0 &&
         (errno == EPERM || errno == ENOSYS);
}

}  // namespace

std::string profile_remedy() {
  return "run the container with a seccomp profile that allows clone3 and the new mount API, such "
         "as " RIND_SECCOMP_PROFILE
         " (podman: --security-opt seccomp=FILE; Kubernetes: seccompProfile of type Localhost); "
         "podman's default profile allows them, Docker's and CRI-O's do not";
}

Error blame_profile(const SysError& error) {
  const bool may_be_filter = error.code() == EPERM || error.code() == ENOSYS;
  if (!may_be_filter || !(denies(SYS_open_tree) || denies(SYS_mount_setattr))) return error;
  return Error(error.subject(),
               "the container's seccomp profile denies the mounts of a step (" + error.why() + ")",
               profile_remedy());
}

}  // namespace rind
