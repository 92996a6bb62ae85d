// `rind-hook policy test`: holds an operator's expectations against a policy, without a container.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind::hook {

// Prints a line for each expectation of `tests` (files). Returns 0 when all hold, 1 when some do
// not, 2 when a file or the policy cannot be used; its error is printed to standard error.
int policy_test(const PolicyFiles& files, const std::vector<std::string>& tests);

}  // namespace rind::hook
