#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "helper/causes/causes.h"
#include "helper/outputs/collect.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

// What is known of a step that ran.
struct StepResult {
  bool ran = false;  // the other members are known
  // Not empty: the step did not start. It waited for this tree until `end` says.
  std::string waited_for;
  SandboxEnd end;
  struct timespec ended = {};  // CLOCK_REALTIME
  int64_t milliseconds = 0;    // how long it ran
  bool out_of_memory = false;
  bool traced = false;       // `causes` are known
  std::optional<int> again;  // how it ended when it ran again (waitpid(2))
  // What the step was denied, the last first.
  std::vector<Cause> causes;
  std::string untraced;   // why the causes are not known
  std::string host_name;  // that the step saw
  Collected collected;
  Notes absent;  // what the policy prefers and the step did not get; includes `closed`
  Notes closed;  // files that the step should be able to read and cannot, variables that it lacks
};

}  // namespace rind
