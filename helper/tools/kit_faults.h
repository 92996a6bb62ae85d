// Is the kit of this container whole, and does the helper lie over the seams? Looked at from inside
// of the container, by a user who may have no rights.
#pragma once

#include <vector>

#include "common/kit/faults.h"
#include "helper/facts/kit_read.h"

namespace rind {

// What is wrong with the kit; empty when it is whole. Besides the mounts (common/kit/faults.h): the
// kit's files are its own, every lease of the policy is there, and the file that each seam's path
// leads to is the helper. Throws Error when this process's mount table cannot be read.
std::vector<kit::Fault> kit_faults(const Kit& kit);

}  // namespace rind
