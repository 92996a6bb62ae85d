// Does a seccomp profile (the JSON format of podman and CRI-O, from containers/common) allow the
// namespaces and mounts of a step in a container without CAP_SYS_ADMIN? Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::hook {

// The system calls that a step needs and the profile denies. Throws Error when `profile` is not a
// seccomp profile.
std::vector<std::string> denied_calls(const Json& profile, const std::string& origin);

}  // namespace rind::hook
