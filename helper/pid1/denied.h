// What the container's seccomp profile must allow, and how to detect that it does not.
#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

// The remedy where the profile denies a step its namespaces or mounts: it names the shipped
// profile.
std::string profile_remedy();

// Returns `error`, unless the container's seccomp profile denied the mount: then an error that says
// so. It tests that with system calls that change nothing. The caller must have the right to mount.
Error blame_profile(const SysError& error);

}  // namespace rind
