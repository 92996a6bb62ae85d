// The originals of covered programs, for the step. The helper that covers a shell or an interpreter
// needs the kit, and a step has none.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/facts/facts.h"

namespace rind {

// A covered program and a clone of its original.
struct Original {
  std::string path;
  Fd tree;
};

// Clones the originals. Call it while the kit is visible.
std::vector<Original> clone_originals(const std::vector<Facts::Original>& wanted);

// Mounts each original on its path, where the step finds a program there. Call it after the last
// view is mounted.
void attach_originals(const std::vector<Original>& originals);

}  // namespace rind
