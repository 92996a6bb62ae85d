// The part of the plan that says what each path looks like. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// What the views follow from, beside policy and facts.
struct ViewRequest {
  const Step& step;
  const std::vector<ExtraView>& extra;
  std::string cwd;
  // Paths that the step is likely to use beside its own, such as those in its environment: no
  // directory that holds one is hidden for the sake of a single file in it.
  std::vector<std::string> used;
  bool ephemeral = false;       // the step has a uid of its own
  bool replace_policy = false;  // the policy's views do not hold; the whole root is hidden
};

// True for a path that lies in one of the policy's `hide`, or is one: no view of the policy's shows
// it, by whatever name.
bool is_hidden_away(const Policy& policy, const Facts& facts, const std::string& path);

// The views of a step in the order in which they are mounted: outermost first, none that changes
// nothing, and each empty view with the mount points that views further in need.
std::vector<PlannedView> plan_views(const Policy& policy, const Facts& facts,
                                    const ViewRequest& request);

}  // namespace rind
