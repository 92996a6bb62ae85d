// A failed step once more, under a tracer, to know what it was denied.
#pragma once

#include "helper/outputs/view_places.h"
#include "helper/pid1/signals.h"
#include "helper/plan/plan.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// True for a step that failed by itself and soon (limits.traced_rerun_seconds), and that does in a
// second run what it did in the first: it has no network but its own, and no input.
bool is_worth_a_rerun(const Plan& plan, const StepResult& result);

// Runs the plan again while its trees are still lent, unless the first run moved a view of it.
// views: as they were before that run. Its output, and what it makes beside the sources, are
// dropped. Sets result.end.failed_calls, or result.untraced. Throws Error when a path of the front
// end no longer leads to the same directory.
void run_again(const Plan& plan, const Step& step, const ViewPlaces& views,
               const SignalGuard& signals, StepResult& result);

}  // namespace rind
