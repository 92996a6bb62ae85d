// The rules for the paths that variables of a call name, and what is said of those that a step
// cannot use. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/rules.h"
#include "helper/plan/views.h"

namespace rind {

// Shows, read-only, the toolchains and libraries that the step's variables name in places that the
// policy covers for what else lies there: homes, temporary directories, and the package's own work
// directory. Never such a place itself, what the policy hides by name, another package's work, or
// the credentials in what is shown. It is the weakest rule: views of the policy win.
void add_told(Rules& rules, const std::vector<PlannedView>& policy_views, const Policy& policy,
              const Facts& facts, const ViewRequest& request);

// The paths that the step's variables and arguments name and that the step cannot see or write to,
// with the key of the policy that opens them; at most four, for the line of a failed step.
std::vector<std::string> told_in_vain(const Plan& plan, const Facts& facts);

// The same of a path that the variable `name` names; "" where the step can use what it names.
std::string told_in_vain_of(const Plan& plan, const Facts& facts, const std::string& name);

}  // namespace rind
