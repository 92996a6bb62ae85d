// The rules for a step's views that the policy makes. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// True for paths of the system: no rule hides such a directory because of one file in it.
bool is_of_the_system(const std::string& path);

// The rules of the policy's `views`.
void add_policy_rules(Rules& rules, const Policy& policy, const Facts& facts,
                      const ViewRequest& request);

// Rules that no view of the policy can open; they apply with --replace-policy, too.
void add_closed(Rules& rules, const Policy& policy, const Facts& facts);

}  // namespace rind
