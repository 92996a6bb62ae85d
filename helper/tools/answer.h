// What `rind explain` prints.
#pragma once

#include <string>
#include <vector>

#include "helper/plan_call.h"

namespace rind {

// The whole plan, and what the step can do with each of `paths` (as the step would name them).
std::string answer_as_json(const Planned& planned, const std::vector<std::string>& paths);

// The plan as text; for `paths`, lines about them alone.
std::string answer_as_text(const Planned& planned, const std::vector<std::string>& paths);

}  // namespace rind
