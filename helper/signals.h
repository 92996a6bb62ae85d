// Signals that are passed on to a step instead of acting on us.
#pragma once

#include <signal.h>

#include <cstdint>

namespace rind {

// Blocks the signals that are passed on, and SIGCHLD, for as long as it lives; and keeps those away
// that a step could cause us (SIGPIPE by what it does to its streams, SIGIO by a file's lease). No
// handler is ever installed: what the caller ignores, the step ignores too.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  // The next signal that arrives; 0 when none has after `milliseconds` (negative: waits for ever).
  int wait(int64_t milliseconds = -1) const;
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
