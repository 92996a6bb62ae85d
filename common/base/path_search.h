#pragma once

#include <string>
#include <vector>

namespace rind {

// The paths that execvp(3) tries for `program`, in its order: only `program` if it contains a
// slash, else `program` in each element of `path`, the value of PATH. An empty element means ".".
// Pure.
std::vector<std::string> search_candidates(const std::string& program, const std::string& path);

}  // namespace rind
