// pid 1 of a step's sandbox: builds it, starts the step in it, and reaps.
#pragma once

#include <map>
#include <string>

#include "helper/plan.h"
#include "helper/signals.h"

namespace rind {

// Runs in the child, in the new namespaces, with all capabilities over them. Never returns: ends
// when the step's process has ended, and with it everything that the step left. scratch: for each
// disk-backed private view, the directory that backs it. life: readable or closed when the
// supervisor is gone. report: where errors and the status go.
[[noreturn]] void be_pid_1(const Plan& plan, const std::map<std::string, std::string>& scratch,
                           const SignalGuard& signals, int life, int report);

}  // namespace rind
