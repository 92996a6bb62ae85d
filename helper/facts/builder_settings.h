// Settings of the builder's own that builds look for: in the directories above their sources
// cargo's, rustup's, and the versions that version managers choose; in HOME distutils', bazel's and
// go's.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"
#include "helper/facts/package_trees.h"
#include "helper/step/step.h"

namespace rind {

// The files above step.source, from the nearest up to the root, and those in `home` (absolute; ""
// for none), with their content. Without those that a package may have made, or to which it may
// have made a link, and those larger than 64 KiB. Throws SysError.
std::vector<Facts::BuilderSettings> builder_settings(const Step& step, const std::string& home,
                                                     const PackageTrees& trees);

}  // namespace rind
