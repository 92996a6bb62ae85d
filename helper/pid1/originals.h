// Covered programs as a step sees them: uncovered. The helper that lies over a shell or an
// interpreter needs the kit, and a step has none.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/facts/facts.h"

namespace rind {

// A covered program, and a clone of what it was.
struct Original {
  std::string path;
  Fd tree;
};

// While the kit can be seen.
std::vector<Original> clone_originals(const std::vector<Facts::Original>& wanted);

// After the last view is mounted: puts each original to its path, where the step would find a
// program there.
void attach_originals(const std::vector<Original>& originals);

}  // namespace rind
