// Facts about ids: what the container has of them, and which directories are closed to others.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"

namespace rind {

// Fills uid_map, gid_map, named_ids, passwd and group. Throws Error.
void gather_ids(Facts& facts);

// Sets facts.closed: of the directories above each of `paths` (canonical), and of `directories`
// themselves and what lies above them, those that only their owner and group may search.
void gather_closed(Facts& facts, const std::vector<std::string>& paths,
                   const std::vector<std::string>& directories);

}  // namespace rind
