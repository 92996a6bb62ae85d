// Fills the record of a step. Pure, except for the clock.
#pragma once

#include "common/base/error.h"
#include "common/kit/manifest.h"
#include "helper/plan/plan.h"
#include "helper/record/record.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// The record of a step before it starts.
StepRecord record_of(const kit::Manifest& manifest, const Plan& plan, const Step& step);
// The record of a call that was refused before it had a plan.
StepRecord record_of_refusal(const kit::Manifest& manifest, const Call& call, const Error& error);
// Adds how the step ended and what it made, as far as that is known.
void add_result(StepRecord& record, const Plan& plan, const StepResult& result);
// Adds an error of Rind.
void add_error(StepRecord& record, const Error& error);

}  // namespace rind
