// From a call to a plan.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/plan/plan.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// What the command line of `rind` adds to the policy.
struct RunOptions {
  std::vector<ExtraView> extra;
  bool replace_policy = false;  // ignore the policy's views
  bool allow_network = false;
  bool always_step = false;   // trust no command
  std::string script;         // the covered script by which the call came; "" by another way
  bool inside_root = false;   // inside, the step is root whoever the builder is
  bool asks_only = false;     // run and record nothing
  bool by_hand = false;       // called by a person: no program parses the output
  bool drop_outputs = false;  // a person looks at the step's results; they are dropped
};

struct Planned {
  std::optional<Step> step;              // nothing for a trusted command
  std::string executable;                // of a trusted command: the path that was checked
  Plan plan;                             // only with a step
  std::shared_ptr<const Policy> policy;  // the step's
};

// Gathers the facts and makes the plan. Throws Error; where the policy asks for records, it writes
// one first.
Planned plan_call(const Kit& kit, const Call& call, const RunOptions& options);

// This process's environment as NAME=VALUE.
std::vector<std::string> current_environment();

}  // namespace rind
