// pid 1 of a step's sandbox: builds it, starts the step in it, and reaps.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "helper/pid1/signals.h"
#include "helper/plan/plan.h"

namespace rind {

// What pid 1 has of the supervisor's.
struct Pid1 {
  const SignalGuard& signals;
  // Puts the step's standard streams in the place of the caller's. Throws Error.
  std::function<void()> enter_streams;
  int life;    // readable or closed when the supervisor is gone
  int report;  // where errors and the status go
};

// Runs in the child, in the new namespaces, with all capabilities over them. Never returns, and
// runs none of the destructors that the supervisor has on its stack: ends when the step's process
// has ended, and with it everything that the step left. scratch: for each disk-backed private view,
// the directory that backs it.
[[noreturn]] void be_pid_1(const Plan& plan, const std::map<std::string, std::string>& scratch,
                           const Pid1& pid_1) noexcept;

}  // namespace rind
