// `rind-hook check`: can this host isolate builds, and does every engine start the hook?
#pragma once

#include <string>

#include "hook/stages/stages.h"

namespace rind::hook {

// Prints a line a requirement, or one JSON object. hook_path: where the hook is installed.
// Returns 0 when nothing that is required failed, 1 otherwise. Throws Error when it cannot look.
int check(const HostPaths& paths, const std::string& hook_path, bool json);

}  // namespace rind::hook
