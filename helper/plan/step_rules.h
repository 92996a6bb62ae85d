// The rules for a step's views that follow from the step itself. Pure.
#pragma once

#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// Adds the rules for what the step works on, its interpreter, the paths that its call names, and
// other packages' trees. policy_views: the views so far. Throws Error when the policy hides the
// very path that the step works on.
void add_step_rules(Rules& rules, const std::vector<PlannedView>& policy_views,
                    const Policy& policy, const Facts& facts, const ViewRequest& request);

}  // namespace rind
