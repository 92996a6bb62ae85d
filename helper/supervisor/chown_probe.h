// Finds out whether the file systems of a plan let the builder change owners.
//
// NFS with root_squash and virtiofs deny it to the container's root, other file systems ignore it.
// A step with an identity of its own cannot work there. Only a new file of this process is asked:
// what a package made (an immutable file, modes, names) must not decide the uid of a step.
#pragma once

#include <string>

#include "helper/plan/plan.h"

namespace rind {

// Why the trees that the plan lends, or the directories behind its private views, cannot be given
// to another uid; "" when they can, or when it is not known. It leaves no file behind.
std::string obstacle_to_lending(const Plan& plan);

}  // namespace rind
