// From a call to an exit status: what the seams and the tool have in common.
#pragma once

#include <optional>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/outputs/collect.h"
#include "helper/plan/plan.h"
#include "helper/step/call.h"
#include "helper/supervisor/supervisor.h"

namespace rind {

// Documented and stable; docs/explain.md.
inline constexpr int kExitTimedOut = 124;
inline constexpr int kExitOwnError = 125;
inline constexpr int kExitCannotExecute = 126;
inline constexpr int kExitNotFound = 127;

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

struct StepResult {
  bool ran = false;  // what follows is known
  SandboxEnd end;
  bool out_of_memory = false;
  Collected collected;
  Notes absent;  // what the policy prefers and was not had, and what follows
  Notes closed;  // what the step could not read, though it should
};

// Runs the plan from lease to give-back. The plan gets its identity; result: what is known, also
// when this throws Error. The builder's trees are its own again then, too.
void run_plan(const Kit& kit, Plan& plan, const Step& step, bool drop_outputs,
              const SignalGuard& signals, StepResult& result);

// run_plan, with the record that the policy asks for. Throws Error as that does, and when the
// record cannot be written: before the step, or after it.
StepResult run_recorded(const Kit& kit, Planned& planned, const RunOptions& options,
                        const SignalGuard& signals);

// run_recorded, with the last words of a step that fails. Returns the exit status; does not return
// when the step died by a signal: then this process dies by it, too.
int run_step(const Kit& kit, Planned planned, const RunOptions& options);

// This process's environment as NAME=VALUE.
std::vector<std::string> current_environment();

}  // namespace rind
