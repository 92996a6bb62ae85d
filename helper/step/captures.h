// Where a call may leave results beside its sources. Pure.
#pragma once

#include <vector>

#include "helper/step/step.h"

namespace rind {

// The directories that the call names, or in which it runs, and that the caller could write: each
// once. step: with kind, source and build environment.
std::vector<Step::Capture> captures_of(const Call& call, const CallFacts& facts, const Step& step);

}  // namespace rind
