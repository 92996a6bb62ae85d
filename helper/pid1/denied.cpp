#include "helper/pid1/denied.h"

#include <cerrno>

#include "common/base/blocked_call.h"
#include "helper/paths.h"

namespace rind {

std::string profile_remedy() {
  return "run the container with a seccomp profile that allows clone3 and the new mount API, such "
         "as " RIND_SECCOMP_PROFILE
         " (podman: --security-opt seccomp=FILE; Kubernetes: seccompProfile of type Localhost); "
         "podman's default profile allows them, Docker's and CRI-O's do not";
}

Error blame_profile(const SysError& error) {
  // A filter answers EPERM (Docker) or ENOSYS (podman).
  if (error.code() != EPERM && error.code() != ENOSYS) return error;
  const char* const call = blocked_call();
  if (call == nullptr) return error;
  return Error(error.subject(),
               std::string("the container's seccomp profile denies a step the system call ") +
                   call + " (" + error.why() + ")",
               profile_remedy());
}

}  // namespace rind
