#pragma once

#include <cstdint>

namespace rind {

// A limit of processes that leaves some of the container's processes to the front end. pids_max:
// the limit of the container's control group.
uint64_t processes_beside_others(uint64_t limit, uint64_t pids_max);

}  // namespace rind
