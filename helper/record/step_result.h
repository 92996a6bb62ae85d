#pragma once

#include <string>

#include "helper/outputs/collect.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

// What is known of a step that ran.
struct StepResult {
  bool ran = false;  // the other members are known
  // Not empty: the step did not start. It waited for this tree until `end` says.
  std::string waited_for;
  SandboxEnd end;
  bool out_of_memory = false;
  Collected collected;
  Notes absent;  // what the policy prefers and the step did not get; includes `closed`
  Notes closed;  // files that the step should be able to read and cannot, variables that it lacks
};

}  // namespace rind
