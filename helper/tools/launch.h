// `rind launch -- COMMAND`: starts a container that must have the hook.
//
// The helper is in the kit, and the kit exists only when the hook ran. Without the hook the runtime
// finds no program to start, and the container fails. With the hook, this process checks the kit,
// removes the variables that the policy's narrow.environment names, and executes the command: same
// process, descriptors and arguments.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Executes `command` (at least one word) as the runtime would: by PATH where it has no slash.
// Returns only by throwing: Error where the kit is damaged or a seam is not covered, ExecError
// where the command cannot be executed.
[[noreturn]] void launch(const std::vector<std::string>& command);

}  // namespace rind
