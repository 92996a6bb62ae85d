// A step that looks at itself, for `rind check`.
#pragma once

#include "helper/facts/kit_read.h"
#include "helper/pid1/report.h"
#include "helper/plan/plan.h"
#include "helper/tools/seen.h"

namespace rind {

struct Probed {
  Plan plan;  // of the step that ran
  Seen step;
  Notes absent;  // what the policy prefers and it was not given
};

// Runs the helper as a step, which sees nothing more than any step but the helper itself, and
// returns what it saw. Throws Error when the step cannot be run.
Probed run_probe(const Kit& kit);

}  // namespace rind
