// `rind why`: a step under a tracer, and what it was denied.
#pragma once

#include <string>
#include <vector>

#include "helper/plan/plan.h"
#include "helper/record/step_result.h"
#include "helper/step/step.h"

namespace rind {

// The command that calls `hook` of the back end that the working directory's pyproject.toml names,
// with the arguments in CONTROL/input.json. python: the build environment's.
std::vector<std::string> hook_command(const std::string& python, const std::string& hook,
                                      const std::string& control);

// What to print about the step, for a person: what it could not do, the policy line for each, and
// all of them as one rule of the package.
std::string why_text(const Plan& plan, const Step& step, const StepResult& result);

}  // namespace rind
