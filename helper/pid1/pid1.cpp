#include "helper/pid1/pid1.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "helper/pid1/confinement.h"
#include "helper/pid1/counters.h"
#include "helper/pid1/denied.h"
#include "helper/pid1/limits.h"
#include "helper/pid1/loopback.h"
#include "helper/pid1/privileges.h"
#include "helper/pid1/report.h"
#include "helper/pid1/root.h"
#include "helper/pid1/seccomp.h"
#include "helper/step/argv.h"

namespace rind {
namespace {

// SIGKILL for us when the supervisor dies, by whatever. It may have died before the call: then its
// end of the pipe is closed.
void die_with_supervisor(int life) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_PDEATHSIG");
  struct pollfd p = {life, POLLIN, 0};
  if (::poll(&p, 1, 0) != 0) ::_exit(1);
}

// The builder's session keyring is inherited like a descriptor. The step gets an empty one.
void leave_keyring() {
  constexpr long kJoinSessionKeyring = 1;  // KEYCTL_JOIN_SESSION_KEYRING of <linux/keyctl.h>
  if (::syscall(SYS_keyctl, kJoinSessionKeyring, nullptr) >= 0) return;
  // Without keys in the kernel there is nothing to leave; a seccomp profile that denies us keyctl
  // (Docker's) denies it to the step.
  if (errno != ENOSYS && errno != EPERM) throw_errno("leave the session keyring");
}

struct Execution {
  std::vector<char*> argv, envp;
  std::vector<ResourceLimit> limits;
  int null = -1;  // to be standard input, or -1
};

// The child of vfork(2), which shares our memory until it executes: async-signal-safe calls only,
// and what it changes (environ) is nothing that pid 1 needs. Returns errno when the command could
// not be executed.
int execute(const Execution& e, const SignalGuard& signals) {
  // Nothing here may throw: the stack is pid 1's.
  if (::setsid() < 0) return errno;
  if (e.null >= 0 && ::dup2(e.null, STDIN_FILENO) < 0) return errno;
  constexpr unsigned kFirstClosed = 3;
  if (::syscall(SYS_close_range, kFirstClosed, ~0U, 0) != 0) return errno;
  for (const auto& limit : e.limits) {
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &limit.value) != 0) {
      return errno;
    }
  }
  signals.restore_in_child();
  ::environ = const_cast<char**>(e.envp.data());
  ::execvp(e.argv[0], e.argv.data());
  return errno;
}

// vfork(2) and execute. `failure` is set when that was not possible. In a function of its own, so
// that the child returns into nothing.
pid_t spawn(const Execution& execution, const SignalGuard& signals, volatile int& failure) {
  // vfork and not fork: pid 1 need not be copied, and the child's errno needs no pipe. What it
  // calls until it executes is async-signal-safe; posix_spawn knows no setsid with close_range.
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) {
    failure = execute(execution, signals);  // NOLINT(clang-analyzer-unix.Vfork)
    ::_exit(127);
  }
  return pid;
}

// Starts the step's process. Reports and ends when the command cannot be executed.
pid_t start(const Plan& plan, const SignalGuard& signals, int report) {
  Execution execution{argv_of(plan.command), argv_of(plan.environment),
                      resource_limits(plan.limits), -1};
  Fd null;
  if (plan.null_stdin) {
    null = sys::open(AT_FDCWD, "/dev/null", O_RDONLY);
    execution.null = null.get();
  }
  volatile int failure = 0;
  const pid_t pid = spawn(execution, signals, failure);
  if (pid < 0) throw_errno("fork");
  if (failure != 0) {
    report_exec_failure(report, failure);
    ::_exit(0);
  }
  return pid;
}

bool died_of_seccomp(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

// Reaps until the step's process has ended.
StepEnd reap(pid_t step, const SignalGuard& signals) {
  StepEnd end;
  for (;;) {
    const int signal = signals.wait();
    if (signal != SIGCHLD) {
      ::kill(step, signal);
      continue;
    }
    for (pid_t ended = 0; (ended = ::waitpid(-1, &end.status, WNOHANG)) > 0;) {
      end.killed_by_seccomp = end.killed_by_seccomp || died_of_seccomp(end.status);
      if (ended == step) return end;
    }
  }
}

// Blocks until the supervisor has mapped our ids; it may also have failed, or died.
void wait_for_ids(int life) {
  char go = 0;
  ssize_t n = 0;
  while ((n = ::read(life, &go, 1)) < 0 && errno == EINTR) {
  }
  if (n != 1) ::_exit(1);
}

// A change of credentials clears PDEATHSIG, and may make a process dumpable.
void become_step(const Plan& plan, int life) {
  if (plan.uid == plan.builder_uid && plan.gid == plan.builder_gid) return;
  become(plan.uid, plan.gid);
  sys::set_undumpable();
  die_with_supervisor(life);
}

void make_sandbox(const Plan& plan, const std::map<std::string, std::string>& scratch, int life,
                  Notes& notes) {
  // Mount points have exact modes; the step keeps its caller's mask.
  const mode_t mask = ::umask(0);
  Sources sources = open_sources(plan, scratch);
  become_step(plan, life);
  build_root(plan, std::move(sources), notes);
  ::umask(mask);
  if (plan.network == Network::kNone) bring_loopback_up();
  leave_keyring();
  // By path and after the last mount: a working directory that was kept sees under the covers.
  if (::chdir(plan.cwd.c_str()) != 0) throw_errno("enter the working directory", plan.cwd);
  give_up_privileges();
  install_filter(plan.seccomp, plan.limits.core == uint64_t{0});
}

void run_step(const Plan& plan, const std::map<std::string, std::string>& scratch,
              const Pid1& pid_1) {
  const int life = pid_1.life, report = pid_1.report;
  pid_1.enter_streams();
  // Neither the builder's directories nor the locks that the supervisor holds.
  constexpr unsigned kFirstOwn = 3;
  sys::close_all_but(kFirstOwn, life, report);
  wait_for_ids(life);
  die_with_supervisor(life);
  Notes notes;
  set_process_limits(plan.limits, notes);
  // After the ids are mapped: an undumpable process's files in /proc belong to root.
  sys::set_undumpable();
  make_sandbox(plan, scratch, life, notes);
  report_notes(report, notes);
  const pid_t step = start(plan, pid_1.signals, report);
  StepEnd end = reap(step, pid_1.signals);
  if (plan.network == Network::kNone) end.refused_network = unroutable();
  report_end(report, end);
}

}  // namespace

void be_pid_1(const Plan& plan, const std::map<std::string, std::string>& scratch,
              const Pid1& pid_1) noexcept {
  try {
    try {
      run_step(plan, scratch, pid_1);
      ::_exit(0);
    } catch (const SysError& e) {
      report_error(pid_1.report,
                   e.code() == EACCES ? blame_module(e, own_confinement()) : blame_profile(e));
    } catch (const Error& e) {
      report_error(pid_1.report, e);
    } catch (const std::exception& e) {
      report_error(pid_1.report, Error("make the sandbox", e.what()));
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // The supervisor is gone, or there is no memory: nobody can be told. The supervisor's
    // destructors, which are up the stack here as well, are not to be run.
  }
  ::_exit(1);
}

}  // namespace rind
