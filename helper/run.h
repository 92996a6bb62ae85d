// From a plan to an exit status: what the seams and the tool have in common.
#pragma once

#include <optional>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/plan/plan.h"
#include "helper/plan_call.h"
#include "helper/record/step_result.h"

namespace rind {

// Documented and stable; docs/explain.md.
inline constexpr int kExitTimedOut = 124;
inline constexpr int kExitOwnError = 125;
inline constexpr int kExitCannotExecute = 126;
inline constexpr int kExitNotFound = 127;

// Runs the plan from lease to give-back. The plan gets its identity; result: what is known, also
// when this throws Error. The builder's trees are its own again then, too.
void run_plan(const Kit& kit, Plan& plan, const Step& step, bool drop_outputs,
              const SignalGuard& signals, StepResult& result);

// run_plan, with the record that the policy asks for. Throws Error as that does, and when the
// record cannot be written: before the step, or after it.
StepResult run_recorded(const Kit& kit, Planned& planned, const RunOptions& options,
                        const SignalGuard& signals);

// run_recorded, with the last words of a step that fails. Returns the exit status; does not return
// when the step died by a signal: then this process dies by it, too.
int run_step(const Kit& kit, Planned planned, const RunOptions& options);

}  // namespace rind
