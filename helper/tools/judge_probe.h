// Did a step get what its plan says? Pure.
#pragma once

#include "common/kit/finding.h"
#include "helper/plan/plan.h"
#include "helper/tools/seen.h"

namespace rind {

// One finding a requirement, from what the builder sees of itself, and the step of itself.
Findings judge_step(const Plan& plan, const Seen& builder, const Seen& step);

}  // namespace rind
