// Plans how each path looks in a step. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// The input for the views, beside policy and facts.
struct ViewRequest {
  const Step& step;
  const std::vector<ExtraView>& extra;
  std::string cwd;
  // Other paths that the step probably uses, such as those in its environment. A directory that
  // contains one is not hidden because of one file in it.
  std::vector<std::string> used;
  bool ephemeral = false;              // the step has a uid of its own
  bool replace_policy = false;         // ignore the policy's views; hide the whole root
  std::vector<std::string> kept = {};  // the names of the variables that the step gets
  bool names_git_settings = false;     // the caller names git's configuration (GIT_CONFIG_GLOBAL)
};

// True for a path at or below one of the policy's `hide`: no view of the policy shows it, by any
// name.
bool is_hidden_away(const Policy& policy, const Facts& facts, const std::string& path);

// The views of a step in mount order, outermost first. Views that change nothing are left out. Each
// empty view has the mount points for the views inside it, and copies of the builder's settings.
// notes: gets a line for each of these that the step cannot have.
std::vector<PlannedView> plan_views(const Policy& policy, const Facts& facts,
                                    const ViewRequest& request, std::vector<std::string>& notes);

}  // namespace rind
