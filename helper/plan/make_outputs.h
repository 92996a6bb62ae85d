// Outputs that the build command would make itself.
#pragma once

#include "helper/step/step.h"

namespace rind {

// Makes what a front end expects its build command to make in a directory that is read-only in the
// step: pip's log file and wheel directory. Works by descriptor and follows no link. Throws Error.
void make_missing_outputs(const Step& step);

}  // namespace rind
