// A test step that reports what it sees, for `rind check`.
#pragma once

#include "helper/facts/kit_read.h"
#include "helper/pid1/report.h"
#include "helper/plan/plan.h"
#include "helper/tools/seen.h"

namespace rind {

struct Probed {
  Plan plan;  // of the step that ran
  Seen step;
  Notes absent;  // what the policy prefers and the step did not get
};

// Runs the helper as a step and returns what it saw. The step sees the helper beside what every
// step sees. Throws Error when the step cannot be run.
Probed run_probe(const Kit& kit);

}  // namespace rind
