// Signals that are passed on to a step instead of acting on us.
#pragma once

#include <signal.h>

#include "common/base/fd.h"

namespace rind {

// Blocks the signals that are passed on, and SIGCHLD, for as long as it lives; and keeps those away
// that a step could cause us: SIGPIPE and SIGXFSZ by what it writes, SIGTTOU by its terminal, SIGIO
// by a file's lease. No handler is ever installed: what the caller ignores, the step ignores too.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  // Waits for the next signal.
  int wait() const;
  // For poll(2): ready while a signal has come and not been taken. Of the process that makes it.
  Fd descriptor() const;
  // The next signal that has come, or 0.
  int take() const;
  // Gives a new process the mask and the SIGCHLD disposition that the caller gave us.
  // Async-signal-safe.
  void restore_in_child() const;

 private:
  sigset_t waited_ = {}, kept_away_ = {}, before_ = {};
  struct sigaction child_before_ = {};
};

// Ends this process by `signal`, as the step ended, without a core file of our own.
[[noreturn]] void die_by(int signal);

}  // namespace rind
