#include "helper/pid1/filter/tree.h"

#include <algorithm>

namespace rind::filter {
namespace {

// The kernel's tables of calls are not longer: so many numbers it follows through a program.
constexpr uint64_t kTable = 512;

// One instruction costs the kernel about as much as so many numbers that pass another one.
constexpr uint64_t kInstruction = 32;

bool is_hole(const std::vector<Range>& ranges, size_t begin) {
  return ranges[begin].decision == ranges[begin + 2].decision &&
         ranges[begin + 2].first - ranges[begin + 1].first == 1;
}

}  // namespace

Tree::Tree(const std::vector<Range>& ranges)
    : count_(ranges.size()), steps_((count_ + 1) * (count_ + 1)) {
  const auto index = [this](size_t begin, size_t end) { return begin * (count_ + 1) + end; };
  const auto first = [&](size_t range) -> uint64_t {
    return range == count_ ? kTable : std::min<uint64_t>(ranges[range].first, kTable);
  };
  std::vector<uint64_t> costs(steps_.size());
  for (size_t length = 2; length <= count_; ++length) {
    for (size_t begin = 0; begin + length <= count_; ++begin) {
      const size_t end = begin + length;
      Step best;
      uint64_t least = ~uint64_t{0};
      const auto offer = [&](Step step, uint64_t cost) {
        if (cost < least) {
          best = step;
          least = cost;
        }
      };
      if (length == 3 && is_hole(ranges, begin)) offer({Step::Kind::kHole, 0}, 0);
      for (size_t split = begin + 1; split < end; ++split) {
        offer({Step::Kind::kSplit, split}, costs[index(begin, split)] + costs[index(split, end)]);
      }
      steps_[index(begin, end)] = best;
      costs[index(begin, end)] = least + first(end) - first(begin) + kInstruction;
    }
  }
}

}  // namespace rind::filter
