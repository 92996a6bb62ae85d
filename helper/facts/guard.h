// The guard of the build environment.
//
// The front end finds some of its own tools through the PATH of a build environment, whose bin
// comes first. A build dependency that ships a program of such a name would be run as that tool,
// outside of every step.
#pragma once

#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/step/step.h"

namespace rind {

// Throws Error when the build environment's bin has something that is called like one of `tools`
// (names with wildcards). A `keyring` that the environment's own interpreter runs is let through:
// packages bring it for themselves, and by that interpreter's seam it is a step. manifest: knows
// the seams.
void require_no_shadow(const kit::Manifest& manifest, const CallFacts& facts,
                       const std::vector<std::string>& tools);

// Throws Error when a program that is called like an interpreter in the environment's bin is none
// of the image's, so that whoever calls it next would run a package's program, outside of every
// step. A wheel can bring such a one. manifest: where it has no interpreters, nothing is known and
// nothing refused.
void require_own_interpreters(const kit::Manifest& manifest, const std::string& environment);

}  // namespace rind
