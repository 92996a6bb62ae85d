// What the seccomp profile of the container's engine must allow, and how to tell that it does not.
#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

// What to do where the profile denies a step its namespaces or mounts: names the one that is
// shipped.
std::string profile_remedy();

// The same error, or where the profile is to blame for a refused mount, one that says so. Asks the
// kernel with calls that change nothing. For a process that has the rights to mount.
Error blame_profile(const SysError& error);

}  // namespace rind
