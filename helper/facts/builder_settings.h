// The builder's own settings of tools that apply to every build. A step gets copies of them.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/facts/package_trees.h"
#include "helper/step/step.h"

namespace rind {

// Those in HOME that the policy shows ("$HOME/NAME": "ro"): git's, go's, distutils' and bazel's.
// Needs facts.paths. Throws SysError.
void gather_home_settings(Facts& facts, const Policy& policy);

// True for the key of such a view.
bool is_home_settings(const std::string& key);

// Those that builds look for in the directories above step.source, from the nearest up to the root
// (cargo's, rustup's, and the versions that version managers choose), and cargo's in its home.
// Without those that a package may have made, or to which it may have made a link. Needs
// facts.paths. Throws SysError.
void gather_copied_settings(Facts& facts, const Step& step, const PackageTrees& trees);

}  // namespace rind
