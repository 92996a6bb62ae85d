// What a step is asked to produce.
#pragma once

#include "helper/step/step.h"

namespace rind {

// Makes what a front end expects its build command to make, where the parent will be read-only:
// pip's log file and wheel directory. By descriptor, through no link. Throws Error.
void make_missing_outputs(const Step& step);

}  // namespace rind
