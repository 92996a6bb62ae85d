// The policy in the kit: the hook has checked it.
#pragma once

#include <string>

#include "common/policy/policy.h"

namespace rind {

// As parse_policy, for a document that parse_policy has accepted. It does not apply the rules of
// `packages`, `choices` and installs to find those that cannot be applied: each step would pay for
// that. A rule that cannot be applied is an error of the step to which it applies.
Policy parse_accepted_policy(const Json& merged, const std::string& origin);

}  // namespace rind
