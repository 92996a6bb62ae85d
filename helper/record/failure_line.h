// The line about a step that failed. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// "exit status 1", "signal 9 (Killed)".
std::string ending(int wait_status);

// What the step could not do, e.g. "read /etc/tool.conf: ...", with what would allow it: what the
// line names. Causes that programs try in passing are named where there is no other.
std::vector<std::string> named_causes(const StepResult& result);

// The line says that the step ran isolated, what was refused, and how to find out more. Refusals
// are known from kernel counters and from how the step ended, never from what the build printed.
std::string failure_line(const Plan& plan, const Step& step, const StepResult& result);

// The line about a step that succeeded with less than the policy prefers: the builder's own uid,
// files that it could not read, variables that it did not get. "" when there is nothing to say.
std::string without_line(const Plan& plan, const Step& step, const StepResult& result);

}  // namespace rind
