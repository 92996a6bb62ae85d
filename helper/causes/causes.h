// What a step was denied: failed calls that would have succeeded in the builder.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "helper/plan/plan.h"
#include "helper/trace/failed_call.h"

namespace rind {

struct Cause {
  std::string what;  // e.g. "read /etc/tool.conf: its mode is 0600, and its owner uid 0"
  // A merge patch for the policy that allows it, ready to paste; "" where none does, or none that
  // is safe.
  std::string line;
  std::string also;   // what else helps, or why nothing does; "" for nothing
  bool weak = false;  // programs try that in passing, and can do without
};

// Looks at the container as the builder sees it. calls: of a traced run, in their order. Returns
// each cause once, the last call first: what a program was denied last is most likely why it ended.
// The step chose the paths, and can make each of them take long: after `seconds` the search ends
// with what it found. Throws Error when that is nothing.
std::vector<Cause> find_causes(const Policy& policy, const Plan& plan,
                               const std::vector<FailedCall>& calls, unsigned seconds = 5);

}  // namespace rind
