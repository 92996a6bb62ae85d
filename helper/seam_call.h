// Handles a call that came through a seam.
#pragma once

#include <string>
#include <vector>

namespace rind {

// True for a front end's test with `true` whether isolation works. After a "no", Fromager would run
// without isolation, so the answer is always yes. A container that cannot isolate fails at its
// first step. The test is `SCRIPT true`, `unshare OPTION... true`, or by the script's shebang line
// `unshare OPTION... /bin/bash SCRIPT true`. The kit is not used: it may be what is broken.
bool is_probe(const std::vector<std::string>& argv);

// Handles the call of the seam at `path` (canonical, the executed mount). Returns the exit status.
// Does not return where the original or a trusted command is executed, or where a signal killed the
// step. Throws Error or ExecError.
int take_seam_call(const std::string& path, const std::vector<std::string>& argv);

}  // namespace rind
