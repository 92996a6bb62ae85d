// Views of a policy that another rule overrides, or that steps cannot use. Pure.
#pragma once

#include <vector>

#include "hook/policy/idle_rules.h"

namespace rind::hook {

std::vector<IdleRule> idle_views(const Policy& policy);

}  // namespace rind::hook
