// Can a container give each step its own uid? Pure.
//
// Only the capabilities and id maps that the engine gave the container count. The helper decides
// with these functions, and `rind-hook status` reports the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rind {

// A line of /proc/PID/uid_map or gid_map.
struct IdRange {
  uint64_t inside = 0, outside = 0, count = 0;
};

// text: of /proc/PID/uid_map or gid_map. Parsing stops at the first line in another format.
std::vector<IdRange> parse_id_map(const std::string& text);

// The ids for `count` leases: `first` and the following ones if both maps contain all of them, else
// the highest ids in both maps. Returns fewer, or none, when the maps have fewer.
std::vector<unsigned> lease_ids(const std::vector<IdRange>& uid_map,
                                const std::vector<IdRange>& gid_map, uint64_t first,
                                uint64_t count);

// The first capability that a builder needs for giving a step another uid and that is not in
// `capabilities` (one bit each), e.g. "CAP_CHOWN"; "" when none is missing.
std::string lacking_capability(uint64_t capabilities);

}  // namespace rind
