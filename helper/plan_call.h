// From a call to a plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/plan/plan.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// What the command line of `rind` adds.
struct RunOptions {
  std::vector<ExtraView> extra;
  bool replace_policy = false;  // of the policy's views none holds
  bool allow_network = false;
  bool always_step = false;   // no command is trusted
  bool asks_only = false;     // nothing is to be run, nor to be recorded
  bool by_hand = false;       // for a person: whatever the step is, nobody parses its output
  bool drop_outputs = false;  // what the step makes is looked at by a person, and thrown away
};

struct Planned {
  std::optional<Step> step;  // nothing: a trusted command
  std::string executable;    // of a trusted command: the path that was judged
  Plan plan;                 // only with a step
};

// Looks at the builder and plans. Throws Error; where the policy wants records, it leaves one then.
Planned plan_call(const Kit& kit, const Call& call, const RunOptions& options);

// This process's environment as NAME=VALUE.
std::vector<std::string> current_environment();

}  // namespace rind
