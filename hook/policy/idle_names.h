// Patterns of a policy that match no name that there can be. Pure.
#pragma once

#include <vector>

#include "hook/policy/idle_rules.h"

namespace rind::hook {

std::vector<IdleRule> idle_names(const Policy& policy);

// Of one rule of `packages`. place: the rule's path.
std::vector<IdleRule> idle_package_rule(const PackageRule& rule, const JsonPath& place);

}  // namespace rind::hook
