// Guards programs in the build environment that the front end would run.
//
// The front end finds some of its own tools through a PATH that begins with the bin of a build
// environment. It would run a build dependency's program of such a name as its tool, outside of
// every step.
#pragma once

#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/step/step.h"

namespace rind {

// Throws Error when the build environment's bin contains a file with a name like one of `tools`
// (names with wildcards). A `keyring` that the environment's own interpreter runs is allowed:
// packages install it for themselves, and through that interpreter's seam it is a step. manifest:
// has the seams.
void require_no_shadow(const kit::Manifest& manifest, const CallFacts& facts,
                       const std::vector<std::string>& tools);

// Throws Error when a file in the environment's bin has an interpreter's name but is not one of the
// image's interpreters. The next caller would run a package's program, outside of every step; a
// wheel can install such a file. manifest: without interpreters in it nothing is refused.
void require_own_interpreters(const kit::Manifest& manifest, const std::string& environment);

}  // namespace rind
