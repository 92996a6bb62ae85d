// The supervisor: makes the sandbox, waits outside of it, and ends as the step ended.
//
// Three processes: the supervisor (in the container, as the builder) starts pid 1 (in the step's
// namespaces: builds the root, then reaps), and pid 1 starts the step's own process. When the
// supervisor dies, pid 1 dies, and with it every process of the step.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/exec_error.h"
#include "helper/pid1/report.h"
#include "helper/pid1/signals.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/streams.h"
#include "helper/trace/failed_call.h"

namespace rind {

struct SandboxEnd {
  StepEnd step;
  Notes notes;                           // what the policy prefers and the step did not get
  bool timed_out = false;                // the wall clock limit ended it
  bool asked = false;                    // somebody asked it to end (SIGTERM and its kind)
  std::vector<FailedCall> failed_calls;  // of a traced step, in their order
};

// Runs the plan's command. Throws Error when the sandbox could not be made as planned, ExecError
// when the command could not be executed. When it returns or throws, every process of the step is
// dead and its output is copied. Call it from the only thread.
// asked: what becomes of a step when somebody asks it to end (SIGTERM and its kind).
enum class WhenAsked { kIsAsked, kIsKilled };
SandboxEnd run_sandboxed(const Plan& plan, const std::map<std::string, std::string>& scratch,
                         const SignalGuard& signals, Streams& streams,
                         WhenAsked asked = WhenAsked::kIsAsked);

}  // namespace rind
