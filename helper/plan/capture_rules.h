// Directories of the front end in which a step writes beside what is there. Pure.
#pragma once

#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// Gives the step a private directory in place of each of step.captures, with what is there
// read-only in it. policy_views: the policy's, sorted.
void add_captures(Rules& rules, const std::vector<PlannedView>& policy_views, const Policy& policy,
                  const Facts& facts, const ViewRequest& request);

// The captures that the plan's views make possible. may_replace: an artefact's name tells its
// package.
std::vector<PlannedCapture> planned_captures(const std::vector<PlannedView>& views,
                                             const Step& step, const Facts& facts,
                                             bool may_replace);

}  // namespace rind
