// What the policy prefers and the step did not get: one line each, for people.
#pragma once

#include <string>
#include <vector>

namespace rind {

using Notes = std::vector<std::string>;

}  // namespace rind
