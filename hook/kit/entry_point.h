// The programs that the runtime may execute as the container's first process.
//
// The rootfs is hostile, and a program that is missed here keeps the variables that the policy
// removes. So the search does not predict which file the runtime chooses (that depends on the
// user's rights and the runtime's version), but takes every candidate. A look-up that fails here
// may succeed in the container, so it is an error.
#pragma once

#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/kit/find_seams.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The absolute paths that crun or runc may execute for `config`'s first argument, in any order:
// - an absolute argument itself;
// - an argument with a slash, below the working directory;
// - an argument without a slash, below each element of every PATH. crun up to 1.8 also does this
//   with a slash, unless the argument begins with a dot.
// Pure. Throws Error when there is no argument, and when PATH has too many elements.
std::vector<std::string> entry_candidates(const Config& config);

// The ELF files that the kernel executes for the candidates: those at the end of their shebang
// chains. Empty for Rind's own helper, which removes the variables itself. Throws Error when the
// chain of an existing candidate does not end in a regular ELF file, and when no candidate exists.
// The number of candidates and the depth of their chains bound the number of opened files.
std::vector<FoundSeam> find_entry(const Root& rootfs, const Config& config);

}  // namespace rind::hook
