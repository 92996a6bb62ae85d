// `rind check`: checks that the container is as the hook made it, and that a step gets what the
// policy requires.
#pragma once

namespace rind {

// A step has no kit to check: the answer is neither yes nor no.
inline constexpr int kExitInStep = 3;

// Prints one line for each requirement, or one JSON object. Returns 0 when all hold, 1 when one
// does not, kExitInStep when this process runs in a step.
int check(bool json);

}  // namespace rind
