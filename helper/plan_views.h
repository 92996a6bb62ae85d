// The part of the plan that says what each path looks like. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan.h"

namespace rind {

// The views of a step in the order in which they are mounted: outermost first, none that changes
// nothing, and each empty view with the mount points that views further in need.
// used: paths that the step is likely to use beside its own, such as those in its environment: no
// directory that holds one is hidden for the sake of a single file in it.
std::vector<PlannedView> plan_views(const Policy& policy, const Step& step, const Facts& facts,
                                    const std::vector<ExtraView>& extra, const std::string& cwd,
                                    const std::vector<std::string>& used);

}  // namespace rind
