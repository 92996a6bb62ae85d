#include "helper/pid1/signals.h"

#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"

namespace rind {
namespace {

// Signals that people and front ends send to a build. SIGTSTP and the other stop signals are not
// passed on: they stop the supervisor; the step runs on, in its own session.
constexpr int kPassedOn[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGTERM, SIGUSR1,
                             SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGWINCH};

}  // namespace

SignalGuard::SignalGuard() {
  ::sigemptyset(&waited_);
  for (const int signal : kPassedOn) ::sigaddset(&waited_, signal);
  ::sigaddset(&waited_, SIGCHLD);
  ::sigemptyset(&kept_away_);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGTTOU, SIGIO}) ::sigaddset(&kept_away_, signal);
  // If the caller ignores SIGCHLD, the kernel would reap our child and discard its status.
  struct sigaction defaults = {};
  defaults.sa_handler = SIG_DFL;
  if (::sigaction(SIGCHLD, &defaults, &child_before_) != 0) throw_errno("sigaction", "SIGCHLD");
  if (::sigprocmask(SIG_BLOCK, &waited_, &before_) != 0) throw_errno("sigprocmask");
  if (::sigprocmask(SIG_BLOCK, &kept_away_, nullptr) != 0) throw_errno("sigprocmask");
}

SignalGuard::~SignalGuard() {
  const struct timespec now = {};
  while (::sigtimedwait(&kept_away_, nullptr, &now) > 0) {
  }
  restore_in_child();
}

int SignalGuard::wait() const {
  for (;;) {
    const int signal = ::sigwaitinfo(&waited_, nullptr);
    if (signal > 0) return signal;
    // EINTR: this process was stopped and continued.
    if (errno != EINTR) throw_errno("wait for a signal");
  }
}

Fd SignalGuard::descriptor() const {
  Fd fd(::signalfd(-1, &waited_, SFD_CLOEXEC));
  if (!fd) throw_errno("signalfd");
  return fd;
}

int SignalGuard::take() const {
  const struct timespec now = {};
  for (;;) {
    const int signal = ::sigtimedwait(&waited_, nullptr, &now);
    if (signal > 0) return signal;
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) throw_errno("take a signal");
  }
}

void SignalGuard::restore_in_child() const {
  ::sigaction(SIGCHLD, &child_before_, nullptr);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void die_by(int signal) {
  const struct rlimit none = {0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  struct sigaction defaults = {};
  defaults.sa_handler = SIG_DFL;
  ::sigaction(signal, &defaults, nullptr);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::kill(::getpid(), signal);
  // The default action of the signal did not end this process.
  ::_exit(128 + signal);
}

}  // namespace rind
