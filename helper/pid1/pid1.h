// pid 1 of a sandbox: builds the sandbox, starts the step in it, and reaps processes.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "helper/pid1/signals.h"
#include "helper/plan/plan.h"

namespace rind {

// What pid 1 gets from the supervisor.
struct Pid1 {
  const SignalGuard& signals;
  // Replaces the standard streams by those of the step. Throws Error.
  std::function<void()> enter_streams;
  int life;             // readable or closed when the supervisor is gone
  int report;           // where errors and the status go
  int notes;            // where the tracer of a traced step writes; -1: none
  bool silent = false;  // the step's output goes to its own /dev/null
};

// Runs in the child, in the new namespaces, with all capabilities over them. It exits when the
// step's process has ended, and the kernel then kills everything that the step left. It never
// returns, and runs no destructor of the supervisor's stack. scratch: for each disk-backed private
// view, the directory that backs it.
[[noreturn]] void be_pid_1(const Plan& plan, const std::map<std::string, std::string>& scratch,
                           const Pid1& pid_1) noexcept;

}  // namespace rind
