// The rules for a step's views that the policy makes. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// True for paths of the system: no rule hides such a directory because of one file in it.
bool is_of_the_system(const std::string& path);

// True for homes of users, directories for temporary files, and directories around these.
bool is_home_or_above(const Facts& facts, const std::string& path);

// True for a cover that a path in it may open: one of a home or of temporary files, which the
// defaults cover as places. The operator's own "hidden" stays.
bool is_opened_by_name(const Facts& facts, const PlannedView& cover);

// True when a component of `path` below `cover` ("" for the root) is a name of credentials.
bool names_credentials(const std::string& path, const std::string& cover);

// The rules of the policy's `views`, without those of add_linked_rules().
void add_policy_rules(Rules& rules, const Policy& policy, const Facts& facts,
                      const ViewRequest& request);

// Adds the views of variables whose paths a package may have chosen by a link, where they show
// nothing that `rules` cover. Call it when all other rules are there.
void add_linked_rules(Rules& rules, const Policy& policy, const Facts& facts);

// The covered places that such a variable names, and how to show them.
std::vector<std::string> linked_in_vain(const Policy& policy, const Facts& facts, const Plan& plan);

// Rules that no view of the policy can open; they apply with --replace-policy, too.
void add_closed(Rules& rules, const Policy& policy, const Facts& facts);

}  // namespace rind
