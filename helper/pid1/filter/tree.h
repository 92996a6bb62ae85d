// The best order of comparisons that finds a call number's range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "helper/pid1/filter/decisions.h"

namespace rind::filter {

// How the ranges from `begin` up to `end` are told apart.
struct Step {
  enum class Kind {
    kLeaf,   // there is one
    kHole,   // there are three, and but for the one number of the middle one they are the same
    kSplit,  // at the first number of the range `split`
  };
  Kind kind = Kind::kLeaf;
  size_t split = 0;
};

class Tree {
 public:
  explicit Tree(const std::vector<Range>& ranges);

  // end: the first range that is not meant.
  const Step& step(size_t begin, size_t end) const { return steps_[begin * (count_ + 1) + end]; }

 private:
  size_t count_;
  std::vector<Step> steps_;
};

}  // namespace rind::filter
