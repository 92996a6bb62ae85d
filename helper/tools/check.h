// `rind check`: is this container as the hook should have made it, and does a step get what the
// policy requires?
#pragma once

namespace rind {

// In a step there is no kit to be checked: neither yes nor no.
inline constexpr int kExitInStep = 3;

// Prints a line a requirement, or one JSON object. Returns 0 when every one holds, 1 when one does
// not, kExitInStep when this process is in a step.
int check(bool json);

}  // namespace rind
