// The supervisor: makes the sandbox, waits outside of it, and ends as the step ended.
//
// Three processes:  supervisor (in the container, as the builder) -> pid 1 (in the step's
// namespaces: builds the root, then reaps) -> the step's own process. pid 1 dies with the
// supervisor, and with pid 1 everything of the step.
#pragma once

#include <map>
#include <string>

#include "common/base/error.h"
#include "common/base/exec_error.h"
#include "helper/pid1/report.h"
#include "helper/pid1/signals.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/streams.h"

namespace rind {

struct SandboxEnd {
  StepEnd step;
  Notes notes;             // what was preferred and could not be had
  bool timed_out = false;  // the wall clock limit ended it
};

// Runs the plan's command. Throws Error when the sandbox could not be made as planned, ExecError
// when the command could not be executed in it. Everything of the step is dead, and what it wrote
// is copied to where it goes, when this returns or throws. Call once, from the only thread.
SandboxEnd run_sandboxed(const Plan& plan, const std::map<std::string, std::string>& scratch,
                         const SignalGuard& signals, Streams& streams);

}  // namespace rind
