// Signals that the supervisor passes on to a step.
#pragma once

#include <signal.h>

#include "common/base/fd.h"

namespace rind {

// While it lives, it blocks the signals that are passed on, and SIGCHLD. It also blocks and
// discards signals that a step could cause: SIGPIPE and SIGXFSZ by its output, SIGTTOU by its
// terminal, SIGIO by a file lease. It installs no handler: what the caller ignores, the step
// ignores, too.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  // Waits for the next signal.
  int wait() const;
  // A descriptor for poll(2): readable while a signal of this process is pending.
  Fd descriptor() const;
  // Takes the next pending signal; 0 when there is none.
  int take() const;
  // Restores the mask and the SIGCHLD disposition of the caller in a new process.
  // Async-signal-safe.
  void restore_in_child() const;

 private:
  sigset_t waited_ = {}, kept_away_ = {}, before_ = {};
  struct sigaction child_before_ = {};
};

// Ends this process by `signal`, as the step ended, without a core file of our own.
[[noreturn]] void die_by(int signal);

}  // namespace rind
