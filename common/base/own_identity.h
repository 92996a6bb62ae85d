// Can a container give its steps a uid of their own? Pure.
//
// Only what the engine gave the container counts: capabilities and id maps. The helper decides by
// it, and `rind-hook status` tells of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rind {

// A line of /proc/PID/uid_map or gid_map.
struct IdRange {
  uint64_t inside = 0, outside = 0, count = 0;
};

// text: of /proc/PID/uid_map or gid_map. What follows a line that is none is left out.
std::vector<IdRange> parse_id_map(const std::string& text);

// The ids that `count` leases stand for: from `first` on where the container has all of them, else
// the highest that it has as uid and gid alike; fewer, or none, where it has no more.
std::vector<unsigned> lease_ids(const std::vector<IdRange>& uid_map,
                                const std::vector<IdRange>& gid_map, uint64_t first,
                                uint64_t count);

// The capability that a builder with `capabilities` (a bit each) lacks to give a step another uid,
// such as "CAP_CHOWN"; "" for none.
std::string lacking_capability(uint64_t capabilities);

}  // namespace rind
