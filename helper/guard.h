// The guard of the build environment.
//
// The front end finds some of its own tools through the PATH of a build environment, whose bin
// comes first. A build dependency that ships a program of such a name would be run as that tool,
// outside of every step.
#pragma once

#include <string>
#include <vector>

#include "helper/step.h"

namespace rind {

// Throws Error when the build environment's bin has something that is called like one of `tools`.
void require_no_shadow(const CallFacts& facts, const std::vector<std::string>& tools);

}  // namespace rind
