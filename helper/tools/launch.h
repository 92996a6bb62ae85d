// `rind launch -- COMMAND`: how an operator starts a container that must have the hook.
//
// The helper lies in the kit, and the kit is there only when the hook ran: without it the runtime
// finds no program to start, and the container fails. With it, this process looks once more whether
// what the hook did is whole, takes the variables from the environment that the policy narrows it
// by, and becomes the command: same process, descriptors and arguments.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Executes `command` (at least one word) as the runtime would have: by PATH where it has no slash.
// Returns only by throwing: Error where the kit is damaged or a seam is open, ExecError where the
// command cannot be executed.
[[noreturn]] void launch(const std::vector<std::string>& command);

}  // namespace rind
