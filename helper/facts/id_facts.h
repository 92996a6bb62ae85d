// Facts about ids: which ids the container has, and which directories are closed to other users.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"

namespace rind {

// Fills uid_map, gid_map, named_ids, passwd and home_in_passwd. Throws Error.
void gather_ids(Facts& facts);

// Sets facts.closed: those directories that only their owner and group may search. It checks the
// directories above each of `paths` (canonical), and `directories` with the directories above them.
void gather_closed(Facts& facts, const std::vector<std::string>& paths,
                   const std::vector<std::string>& directories);

}  // namespace rind
