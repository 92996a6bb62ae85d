// Policies of which something is known: the one in the kit, which the hook has checked, and a part
// of one.
#pragma once

#include <string>

#include "common/policy/policy.h"

namespace rind {

// As parse_policy, for a document that parse_policy has accepted. It does not apply the rules of
// `packages`, `choices` and installs to find those that cannot be applied: each step would pay for
// that. A rule that cannot be applied is an error of the step to which it applies.
Policy parse_accepted_policy(const Json& merged, const std::string& origin);

// As parse_policy, for a document that lacks top keys: their part of the policy is then empty. The
// parts of a policy depend on nothing outside of themselves, so a document with all keys is valid
// when each of its parts is. Keys that a patch in `some` (of `packages`, `choices` or installs)
// sets must be in `some`.
Policy parse_some_policy(const Json& some, const std::string& origin);

}  // namespace rind
