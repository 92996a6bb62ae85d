// What the container's seccomp profile must allow, and how to detect that it does not.
#pragma once

#include <string>

#include "common/base/error.h"

namespace rind {

// The remedy where the profile denies a step its namespaces or mounts: it names the shipped
// profile.
std::string profile_remedy();

// Returns `error`, unless the container's seccomp profile denies a system call that a step needs:
// then an error that names the call. Not to be called under the step's own filter, which denies
// most of them.
Error blame_profile(const SysError& error);

}  // namespace rind
