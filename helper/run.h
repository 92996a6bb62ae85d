// From a plan to an exit status: common to seams and tool.
#pragma once

#include <optional>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/plan/plan.h"
#include "helper/plan_call.h"
#include "helper/record/step_result.h"

namespace rind {

// Exit statuses; docs/explain.md documents them, and they are stable.
inline constexpr int kExitTimedOut = 124;
inline constexpr int kExitOwnError = 125;
inline constexpr int kExitCannotExecute = 126;
inline constexpr int kExitNotFound = 127;

// Runs the plan, from taking the lease to giving the trees back. Sets the identity of the plan.
// Throws Error; then, too, `result` has what is known and the builder's trees belong to the builder
// again.
void run_plan(const Kit& kit, Planned& planned, bool drop_outputs, const SignalGuard& signals,
              StepResult& result);

// Calls run_plan and writes the record that the policy asks for. Throws Error as run_plan does, and
// when the record cannot be written, before or after the step.
StepResult run_recorded(const Kit& kit, Planned& planned, const RunOptions& options,
                        const SignalGuard& signals);

// Calls run_recorded and prints the line about a failed step. Returns the exit status. If a signal
// killed the step, this process kills itself by the same signal.
int run_step(const Kit& kit, Planned& planned, const RunOptions& options);

// Ends this process with `status`, without destructors: they would touch all that was planned once
// more, and there is nothing in it to end.
[[noreturn]] void leave(int status);

}  // namespace rind
