// Notes, for people, about what a step sees and cannot read. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/plan/plan.h"

namespace rind {

// Paths that the repository of the sources names and the step does not see.
std::vector<std::string> missing_of_repository(const Plan& plan, const Facts& facts);

// Paths of the call that the step sees but cannot read.
std::vector<std::string> unreadable(const Plan& plan, const Facts& facts);

// Caches of which the step can read little, because only their owner may read them. named: those
// that a variable names, or those below HOME, which no step may need.
std::vector<std::string> closed_caches(const Policy& policy, const Plan& plan, const Facts& facts,
                                       bool named);

}  // namespace rind
