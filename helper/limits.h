// Resource limits of a step.
#pragma once

#include <sys/resource.h>

#include <vector>

#include "common/policy.h"

namespace rind {

struct ResourceLimit {
  int resource = 0;  // RLIMIT_*
  struct rlimit value = {};
};

// What setrlimit(2) is to be called with: the policy's limits, none above the hard limit that holds
// already, which could not be raised. Throws Error.
std::vector<ResourceLimit> resource_limits(const LimitRules& rules);

}  // namespace rind
