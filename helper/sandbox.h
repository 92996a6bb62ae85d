// The supervisor: makes the sandbox, waits outside of it, and ends as the step ended.
//
// Three processes:  supervisor (in the container, as the builder) -> pid 1 (in the step's
// namespaces: builds the root, then reaps) -> the step's own process. pid 1 dies with the
// supervisor, and with pid 1 everything of the step.
#pragma once

#include "common/error.h"
#include "helper/plan.h"

namespace rind {

// Runs the plan's command. Returns its wait status (waitpid(2)) when it was executed and ended.
// Throws Error when the sandbox could not be made as planned, ExecError when the command could not
// be executed in it. Call once, from the only thread.
int run_sandboxed(const Plan& plan);

// The command could not be executed: as a shell would say, 127 for not found and 126 otherwise.
class ExecError : public SysError {
 public:
  ExecError(const std::string& command, int code) : SysError("execute", command, code) {}
};

}  // namespace rind
