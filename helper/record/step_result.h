#pragma once

#include "helper/outputs/collect.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

// How a step went, as far as it is known.
struct StepResult {
  bool ran = false;  // what follows is known
  SandboxEnd end;
  bool out_of_memory = false;
  Collected collected;
  Notes absent;  // what the policy prefers and was not had, and what follows
  Notes closed;  // what the step could not read, though it should
};

}  // namespace rind
