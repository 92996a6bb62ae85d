// What the runtime will execute as the container's first process.
//
// The rootfs is hostile, and what is overlooked here runs with the variables that the policy wants
// dropped. So this does not foretell which file the runtime chooses, by a user's rights and a
// version's habits, but takes every one that it might choose; and a look-up that fails here is an
// error, because it may succeed in the container.
#pragma once

#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/kit/find_seams.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The paths that crun or runc may execute for `config`'s first argument, absolute, in no order that
// matters: the argument itself where it is absolute, below the working directory where it has a
// slash, and below each element of every PATH otherwise (crun did so up to 1.8 also where it has
// one, unless it begins with a dot). Pure. Throws Error when there is no argument, or there are too
// many elements.
std::vector<std::string> entry_candidates(const Config& config);

// The ELF files in which the shebang chains of the candidates end: what the kernel executes. Not
// for Rind's own helper, which knows by itself what to drop. Throws Error where a candidate is
// there and the chain does not end in a regular ELF file, and where there is none. What is opened
// is bounded by the number of candidates and by the depth of their chains.
std::vector<FoundSeam> find_entry(const Root& rootfs, const Config& config);

}  // namespace rind::hook
