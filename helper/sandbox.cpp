#include "helper/sandbox.h"

#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/sys.h"
#include "helper/inside.h"
#include "helper/report.h"
#include "helper/scratch.h"
#include "helper/signals.h"
#include "helper/userns.h"

namespace rind {
namespace {

constexpr uint64_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;

// fork(2) into new namespaces. Nothing is shared with the child: it could otherwise be looked into
// through us.
pid_t fork_into_namespaces() {
  struct clone_args args = {};
  args.flags = kNamespaces;
  args.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) throw no_user_namespace(errno);
  return static_cast<pid_t>(pid);
}

// Through a directory that was left open as a standard stream a step would reach below every cover.
void require_plain_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat st = {};
    if (::fstat(stream, &st) == 0 && S_ISDIR(st.st_mode)) {
      throw Error("run the step",
                  "its standard stream " + std::to_string(stream) + " is a directory",
                  "start it with /dev/null, a pipe or a file there");
    }
  }
}

// Supplementary groups are rights that no id map shows. Without CAP_SETGID (EPERM) the builder
// could not be without them either.
void drop_groups() {
  if (::getgroups(0, nullptr) == 0) return;
  if (::setgroups(0, nullptr) != 0 && errno != EPERM) throw_errno("drop supplementary groups");
}

// Waits for pid 1 and passes every other signal on to it, which passes it on to the step.
int wait_and_forward(pid_t pid, const SignalGuard& signals) {
  for (;;) {
    const int signal = signals.wait();
    if (signal != SIGCHLD) {
      ::kill(pid, signal);  // ESRCH: it has just ended, and SIGCHLD is next
      continue;
    }
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) throw_errno("wait for", "the step's pid 1");
  }
}

}  // namespace

int run_sandboxed(const Plan& plan) {
  require_plain_streams();
  // Before the directories are made, so that a second signal does not keep them from being removed.
  const SignalGuard signals;
  const Scratch scratch(plan.views);
  drop_groups();
  sys::Pipe report = sys::make_pipe();
  // Held by us alone: pid 1 sees us gone when it closes, also in the instant before PDEATHSIG
  // holds.
  sys::Pipe life = sys::make_pipe();

  const pid_t pid = fork_into_namespaces();
  if (pid == 0) {
    report.read_end.reset();
    life.write_end.reset();
    be_pid_1(plan, scratch.paths(), signals, life.read_end.get(), report.write_end.get());
  }
  report.write_end.reset();
  life.read_end.reset();
  sys::set_undumpable();

  const int status = wait_and_forward(pid, signals);
  // pid 1 has been waited for, so nothing of the step lives: the kernel reaps a pid namespace
  // before its init.
  return read_report(report.read_end.get(), plan.command[0], status);
}

}  // namespace rind
