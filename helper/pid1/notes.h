// What the policy prefers and the sandbox could not be given: a line each, for people.
#pragma once

#include <string>
#include <vector>

namespace rind {

using Notes = std::vector<std::string>;

}  // namespace rind
