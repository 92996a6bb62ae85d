// A call of the hook by an engine.
#pragma once

#include "hook/stages/stages.h"

namespace rind::hook {

// Reads the container's state from standard input, to its end, and runs the stage. Returns the exit
// status: 0 lets the container start, 1 does not, and then the log has the reason.
int run_hook(const HostPaths& paths, const Prestart& prestart);

}  // namespace rind::hook
