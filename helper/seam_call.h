// A call that came through a seam: which command it is, whether that is a step, and its end.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Front ends ask with `true` whether isolation works, and when the answer is no, Fromager goes on
// without any. So the answer is yes, always; a container that cannot isolate fails at the first
// step. The question is `SCRIPT true`, `unshare OPTION... true`, or by the script's shebang line
// `unshare OPTION... /bin/bash SCRIPT true`. The kit is not asked: it may be what is broken.
bool is_probe(const std::vector<std::string>& argv);

// Takes the call of the seam at `path` (canonical, the mount that was executed). Returns the exit
// status. Does not return where the original or a trusted command is executed, or where the step
// died by a signal. Throws Error, or ExecError.
int take_seam_call(const std::string& path, const std::vector<std::string>& argv);

}  // namespace rind
