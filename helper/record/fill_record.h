// What a step's record is made of. Pure, but for the clock.
#pragma once

#include "common/base/error.h"
#include "helper/plan/plan.h"
#include "helper/record/record.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// What is known before the step starts.
StepRecord record_of(const Plan& plan, const Step& step);
// Of a call that was refused before it could be planned.
StepRecord record_of_refusal(const Call& call, const Error& error);
// How it ended, and what it made, as far as that is known.
void add_result(StepRecord& record, const Plan& plan, const StepResult& result);
// That Rind could not run it.
void add_error(StepRecord& record, const Error& error);

}  // namespace rind
