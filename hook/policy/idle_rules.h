// Rules of a policy that cannot take effect: a name that does not exist, a view that another rule
// overrides. They are valid, and somebody expects something of them. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json_error.h"
#include "common/policy/policy.h"

namespace rind::hook {

struct IdleRule {
  JsonPath path;  // in the merged policy
  std::string why, remedy;
};

// The idle rules of `loaded`, of its package rules, of the rule for installs and of its choices.
// The package's defaults have some, too: they serve several images.
std::vector<IdleRule> idle_rules(const LoadedPolicy& loaded);

}  // namespace rind::hook
