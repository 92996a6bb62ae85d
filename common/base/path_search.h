#pragma once

#include <string>
#include <vector>

namespace rind {

// Where execvp(3) looks for `program`, in its order: the program itself where it has a slash, else
// the program in each element of `path`, the value of PATH; an empty element is ".". Pure.
std::vector<std::string> search_candidates(const std::string& program, const std::string& path);

}  // namespace rind
