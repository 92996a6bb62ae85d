#include "helper/plan/process_share.h"

#include <algorithm>

namespace rind {

uint64_t processes_beside_others(uint64_t limit, uint64_t pids_max) {
  // Enough for one compiler with its driver, make and their shells.
  constexpr uint64_t kFewest = 16;
  return std::min(limit, std::max(pids_max / 2, std::min(pids_max, kFewest)));
}

}  // namespace rind
