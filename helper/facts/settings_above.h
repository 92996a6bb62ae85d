// Settings that builds look for in the directories above their sources: cargo's, rustup's, and the
// versions that version managers choose.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"
#include "helper/facts/package_trees.h"
#include "helper/step/step.h"

namespace rind {

// The files above step.source, from the nearest up to the root, with their content. Without those
// that a package may have made, or to which it may have made a link, and those larger than 64 KiB.
// Throws SysError.
std::vector<Facts::SettingsAbove> settings_above(const Step& step, const PackageTrees& trees);

}  // namespace rind
