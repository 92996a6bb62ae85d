// What is said of a step that failed: one line. Pure.
#pragma once

#include <string>

#include "helper/plan/plan.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// "exit status 1", "signal 9 (Killed)".
std::string ending(int wait_status);

// That it ran isolated, what is known to have been refused (by counters of the kernel's and by how
// it ended, never by what the build said), and how to look closer.
std::string failure_line(const Plan& plan, const Step& step, const StepResult& result);

// The line about a step that ended well and had less than it should: the builder's own uid where
// the policy prefers another, or files that were closed to it. "" when there is nothing to say.
std::string without_line(const Plan& plan, const Step& step, const StepResult& result);

}  // namespace rind
