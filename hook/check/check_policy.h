// Checks the policy: can the hook use it, and does each of its rules take effect?
#pragma once

#include "common/kit/finding.h"
#include "common/policy/policy.h"

namespace rind::hook {

// Loads the policy with the hook's own function, and judges the rules of the operator's files. With
// an `ok` finding "install.policy" the hook can use it.
Findings check_policy(const PolicyFiles& files);

}  // namespace rind::hook
