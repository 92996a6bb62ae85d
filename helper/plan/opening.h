// What opens a path that a step cannot use: the line of the policy, or why there is none. Pure.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "helper/plan/access.h"

namespace rind {

struct Opening {
  // A merge patch for /etc/rind/policy.d, ready to paste: {"views": {"/etc/tool.conf": "ro"}}; ""
  // where no key of the policy opens the path, or none that is safe.
  std::string line;
  // What else has to be done, or why there is no line; "" for nothing.
  std::string also;
};

// access: of a path that denies `action`. policy: the step's. Empty for an action that is allowed,
// or that no file of this type has.
Opening opening_of(const Policy& policy, const Plan& plan, const Access& access, Action action,
                   const AccessFacts& facts);

}  // namespace rind
