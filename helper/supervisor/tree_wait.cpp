#include "helper/supervisor/tree_wait.h"

#include <poll.h>
#include <signal.h>
#include <sys/file.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/say.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// True for a signal that would end a step. What the caller ignores, a step ignores, too.
bool ends_a_step(int signal) {
  struct sigaction action = {};
  const bool asks = signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
  return asks && (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_IGN);
}

}  // namespace

std::optional<SandboxEnd> TreeWait::until_free(const std::function<void()>& act) {
  for (;;) {
    try {
      act();
      return std::nullopt;
    } catch (const TreeInUse& used) {
      if (auto ended = wait_for(used)) return ended;
    }
  }
}

std::optional<SandboxEnd> TreeWait::wait_for(const TreeInUse& used) {
  constexpr int64_t kSaidAfter = 5000;
  constexpr int kBetween = 20;  // milliseconds
  path_ = used.path();
  if (began_ < 0) began_ = sys::monotonic_milliseconds();
  const Fd descriptor = signals_.descriptor();
  SandboxEnd end;
  while (::flock(used.busy(), LOCK_SH | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw_errno("wait for", path_);
    const int64_t waited = sys::monotonic_milliseconds() - began_;
    if (limits_.wall_clock && waited >= static_cast<int64_t>(*limits_.wall_clock) * 1000) {
      end.timed_out = true;
      return end;
    }
    if (waited >= kSaidAfter && !said_) {
      say("waiting for " + printable(path_) + ": another step is using it");
      said_ = true;
    }
    struct pollfd polled = {descriptor.get(), POLLIN, 0};
    if (::poll(&polled, 1, kBetween) < 0 && errno != EINTR) throw_errno("poll");
    const int signal = signals_.take();
    if (!ends_a_step(signal)) continue;
    end.step.status = signal;
    return end;
  }
  (void)::flock(used.busy(), LOCK_UN);
  return std::nullopt;
}

}  // namespace rind
