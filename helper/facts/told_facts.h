// Facts about the paths that variables and arguments of a call name.
#pragma once

#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// Sets facts.told, and adds the links on the way to these paths. Needs facts.paths.
void gather_told(Facts& facts, const Policy& policy, const Call& call, const Step& step);

}  // namespace rind
