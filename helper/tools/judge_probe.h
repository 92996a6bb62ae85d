// Compares what a test step saw with its plan. Pure.
#pragma once

#include "common/kit/finding.h"
#include "helper/plan/plan.h"
#include "helper/tools/seen.h"

namespace rind {

// Returns one finding for each requirement. builder: what the builder sees of itself; step: what
// the step sees of itself.
Findings judge_step(const Plan& plan, const Seen& builder, const Seen& step);

}  // namespace rind
