// Which of the system calls that Rind needs a seccomp filter denies: one that the container's
// engine, or the unit of the engine, installed before Rind began.
#pragma once

namespace rind {

// The name of the first such call that this process may not make, e.g. "openat2"; nullptr where it
// may make all. Asks the kernel by calls that change nothing. A kernel that lacks the call looks
// the same as a filter that answers ENOSYS. Not to be called under a step's own filter.
const char* blocked_call();

}  // namespace rind
