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

// True when a component of `path` below `cover` ("" for the root) is a name of credentials.
bool names_credentials(const std::string& path, const std::string& cover);

// The rules of the policy's `views`.
void add_policy_rules(Rules& rules, const Policy& policy, const Facts& facts,
                      const ViewRequest& request);

// Rules that no view of the policy can open; they apply with --replace-policy, too.
void add_closed(Rules& rules, const Policy& policy, const Facts& facts);

}  // namespace rind
