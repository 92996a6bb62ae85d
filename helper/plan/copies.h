// Copies of the builder's settings, where a step does not see them, and over those that it sees.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/plan/plan.h"

namespace rind {

// Covers those of facts.copied_settings that the step sees by a copy without what is certainly a
// credential, or by one that a step with its own uid (ephemeral) can read. Not what the policy
// hides, nor where a view is for the file itself. policy_views: those of the policy alone.
void cover_settings(std::vector<PlannedView>& views, const std::vector<PlannedView>& policy_views,
                    const Policy& policy, const Facts& facts, bool ephemeral);

// Puts copies of facts.home_settings and facts.copied_settings into the views of the step that
// cover their places: a home, temporary files, other packages' work. Not what the policy hides.
// Without them a build has another result, and says nothing. The views have their mount points.
// git: whether git's, too: a caller may have named another file. Returns a line, for people, for
// each file that may have credentials and of which there is no copy.
std::vector<std::string> add_copies(std::vector<PlannedView>& views,
                                    const std::vector<PlannedView>& policy_views,
                                    const Policy& policy, const Facts& facts, bool git);

}  // namespace rind
