// The provenance of a step's outputs: in-toto Statement v1, SLSA Provenance v1.
//
// It says what the record says, is not signed, and is as true as the record (docs/record.md).
#pragma once

#include <string>

#include "hook/records/step_line.h"

namespace rind::hook {

// One line of JSON for each output that is a file; "" for a failed step. ASCII only. Pure.
std::string provenance_lines(const StepLine& step);

}  // namespace rind::hook
