// `rind-hook check`: can this host isolate builds, and does every engine start the hook?
#pragma once

#include <string>

#include "hook/stages/stages.h"

namespace rind::hook {

// Prints one line for each requirement, or one JSON object. hook_path: the installed rind-hook.
// Returns 1 when a requirement failed, otherwise 0. Throws Error when the check cannot run.
int check(const HostPaths& paths, const std::string& hook_path, bool json);

}  // namespace rind::hook
