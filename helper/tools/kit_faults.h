// Checks from inside the container that the kit is whole and that the helper covers the seams. The
// calling user may have no rights.
#pragma once

#include <vector>

#include "common/kit/faults.h"
#include "helper/facts/kit_read.h"

namespace rind {

// Returns the faults of the kit; none when it is whole. Beside the mounts (common/kit/faults.h) it
// checks the kit's files, every lease of the policy, and that each seam's path leads to the helper.
// Throws Error when this process's mount table cannot be read.
std::vector<kit::Fault> kit_faults(const Kit& kit);

}  // namespace rind
