// Does a seccomp profile (the JSON of containers/common, which podman and CRI-O read) let a
// container without CAP_SYS_ADMIN make the namespaces and mounts of a step? Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::hook {

// The system calls of a step that the profile does not allow; empty when it allows all. Throws
// Error when it is no profile.
std::vector<std::string> denied_calls(const Json& profile, const std::string& origin);

}  // namespace rind::hook
