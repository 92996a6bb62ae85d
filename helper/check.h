// `rind check`: can this container isolate steps?
#pragma once

namespace rind {

// Prints a line for each requirement, with a remedy where it fails, and ends by running a step that
// looks at itself. Returns 0 when all hold, 1 otherwise.
int check();

}  // namespace rind
