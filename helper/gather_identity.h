// Facts about ids: what the container has of them, and which directories are closed to others.
#pragma once

#include <string>
#include <vector>

#include "helper/facts.h"

namespace rind {

// Fills uid_map, gid_map, named_ids, passwd and group. Throws Error.
void gather_ids(Facts& facts);

// Adds to facts.closed every directory above `path` (canonical) that only its owner and group may
// search.
void add_closed_above(Facts& facts, const std::string& path);
// The same for `path` and what lies above it. path: a directory.
void add_closed(Facts& facts, const std::string& path);

// Adds `path` to facts.unreadable when others than its owner and group may not read (and, of a
// directory, search) it.
void add_unreadable(Facts& facts, const std::string& path);

}  // namespace rind
