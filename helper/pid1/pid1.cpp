#include "helper/pid1/pid1.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/base/close_later.h"
#include "common/base/error.h"
#include "common/base/sys.h"
#include "helper/pid1/confinement.h"
#include "helper/pid1/counters.h"
#include "helper/pid1/denied.h"
#include "helper/pid1/full_views.h"
#include "helper/pid1/limits.h"
#include "helper/pid1/loopback.h"
#include "helper/pid1/mode_guard.h"
#include "helper/pid1/privileges.h"
#include "helper/pid1/report.h"
#include "helper/pid1/root.h"
#include "helper/pid1/seccomp.h"
#include "helper/step/argv.h"
#include "helper/trace/tracer.h"

namespace rind {
namespace {

// Makes the kernel kill this process when the supervisor dies. The supervisor may have died before
// the call: then its end of the pipe is closed.
void die_with_supervisor(int life) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_PDEATHSIG");
  struct pollfd p = {life, POLLIN, 0};
  if (::poll(&p, 1, 0) != 0) ::_exit(1);
}

// A process inherits its session keyring. The step gets an empty one instead of the builder's.
void leave_keyring() {
  constexpr long kJoinSessionKeyring = 1;  // KEYCTL_JOIN_SESSION_KEYRING of <linux/keyctl.h>
  if (::syscall(SYS_keyctl, kJoinSessionKeyring, nullptr) >= 0) return;
  // A kernel without keyrings has nothing to leave. A seccomp profile that denies keyctl to us
  // (Docker's) denies it to the step, too.
  if (errno != ENOSYS && errno != EPERM) throw_errno("leave the session keyring");
}

struct Execution {
  std::vector<char*> argv, envp;
  std::vector<ResourceLimit> limits;
  int null = -1;        // becomes standard input; -1: it stays as it is
  bool silent = false;  // it becomes standard output and error, too
  const ModeGuard* guard = nullptr;
  bool traced = false;
};

constexpr int kNoTracer = 4096;  // more than any errno

// Runs in the child of vfork(2), which shares pid 1's memory until it executes: it makes
// async-signal-safe calls only, and changes nothing that pid 1 needs (environ). Returns errno when
// the command could not be executed. Returns the negative errno when its guard could not be
// installed, and kNoTracer less when it could not be traced.
int execute(const Execution& e, const SignalGuard& signals) {
  // An exception would unwind the stack of pid 1.
  if (::setsid() < 0) return errno;
  if (e.null >= 0 && ::dup2(e.null, STDIN_FILENO) < 0) return errno;
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    if (e.silent && ::dup2(e.null, stream) < 0) return errno;
  }
  if (e.guard != nullptr) {
    const int code = e.guard->install();
    if (code != 0) return -code;
  }
  constexpr unsigned kFirstClosed = 3;
  if (::syscall(SYS_close_range, kFirstClosed, ~0U, 0) != 0) return errno;
  for (const auto& limit : e.limits) {
    if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &limit.value) != 0) {
      return errno;
    }
  }
  signals.restore_in_child();
  if (e.traced) {
    const int code = Tracer::ask();
    if (code != 0) return -code - kNoTracer;
  }
  ::environ = const_cast<char**>(e.envp.data());
  ::execvp(e.argv[0], e.argv.data());
  return errno;
}

// Calls vfork(2) and execute(). Sets `failure` when the command could not be executed. It is a
// separate function because the child must not return from the function that called vfork(2).
pid_t spawn(const Execution& execution, const SignalGuard& signals, volatile int& failure) {
  // vfork, not fork: nothing has to be copied, and errno needs no pipe. posix_spawn cannot combine
  // setsid with close_range.
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) {
    failure = execute(execution, signals);  // NOLINT(clang-analyzer-unix.Vfork)
    ::_exit(127);
  }
  return pid;
}

// Starts the step's process. Reports an error and exits when the command cannot be executed.
pid_t start(const Plan& plan, const Pid1& pid_1, ModeGuard* guard) {
  const SignalGuard& signals = pid_1.signals;
  const int report = pid_1.report;
  std::vector<std::string> words = plan.starter;
  words.insert(words.end(), plan.command.begin(), plan.command.end());
  Execution execution{argv_of(words),
                      argv_of(plan.environment),
                      resource_limits(plan.limits),
                      -1,
                      pid_1.silent,
                      guard,
                      plan.traced};
  Fd null;
  if (plan.null_stdin || pid_1.silent) {
    // The step's own, on a read-only mount: a step that keeps the builder's ids could change the
    // mode and the times of the container's.
    null = sys::try_open(AT_FDCWD, "/dev/null", pid_1.silent ? O_RDWR : O_RDONLY);
    if (!null) {
      throw Error("give the step its standard input", "the step has no /dev/null",
                  "add \"null\" to devices in the policy");
    }
    execution.null = null.get();
  }
  volatile int failure = 0;
  const pid_t pid = spawn(execution, signals, failure);
  if (pid < 0) throw_errno("fork");
  if (failure < -kNoTracer) throw no_tracer(-failure - kNoTracer);
  if (failure < 0) throw no_mode_guard(-failure);
  if (guard != nullptr) guard->listen();
  if (failure != 0) {
    report_exec_failure(report, failure);
    ::_exit(0);
  }
  return pid;
}

bool died_of_seccomp(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

// The next signal. Until it comes, answers what the step asks the guard.
int wait_and_answer(const SignalGuard& signals, ModeGuard* guard) {
  if (guard == nullptr) return signals.wait();
  const Fd signalled = signals.descriptor();
  for (;;) {
    const int signal = signals.take();
    if (signal != 0) return signal;
    struct pollfd polled[] = {{signalled.get(), POLLIN, 0}, {guard->listener(), POLLIN, 0}};
    if (::poll(polled, 2, -1) < 0 && errno != EINTR) throw_errno("poll");
    if ((polled[1].revents & POLLIN) != 0) guard->answer();
    // Every process that could ask has ended.
    if ((polled[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) guard->stop();
  }
}

uint64_t microseconds(const struct timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

// What the processes used that this process has reaped, and those that they have reaped.
StepUsage usage_of_reaped() {
  constexpr uint64_t kKiB = 1024, kBlock = 512;  // the units of getrusage(2)
  struct rusage used = {};
  if (::getrusage(RUSAGE_CHILDREN, &used) != 0) return {};
  return {true, static_cast<uint64_t>(used.ru_maxrss) * kKiB, microseconds(used.ru_utime),
          microseconds(used.ru_stime), static_cast<uint64_t>(used.ru_oublock) * kBlock};
}

struct Reaped {
  StepEnd end;
  bool signalled = false;  // a signal was passed on to it
};

// Reaps processes until the step's own process has ended; passes signals on to it. tracer: of a
// traced step, else nullptr.
Reaped reap(pid_t step, const SignalGuard& signals, ModeGuard* guard, Tracer* tracer) {
  Reaped reaped;
  StepEnd& end = reaped.end;
  for (;;) {
    const int signal = wait_and_answer(signals, guard);
    if (signal != SIGCHLD) {
      ::kill(step, signal);
      reaped.signalled = true;
      continue;
    }
    // __WALL: a thread that is traced is none of this process's children.
    const int options = WNOHANG | (tracer != nullptr ? __WALL : 0);
    for (pid_t ended = 0; (ended = ::waitpid(-1, &end.status, options)) != 0;) {
      if (ended < 0 && errno == EINTR) continue;
      // The step is a child of this process: there is no ECHILD before it has ended.
      if (ended < 0) throw_errno("wait for", "the processes of the step");
      if (WIFSTOPPED(end.status)) {
        if (tracer != nullptr) {
          tracer->go_on(ended, end.status);
        } else {
          Tracer::refuse(ended, end.status);
        }
        continue;
      }
      if (tracer != nullptr) tracer->ended(ended);
      end.killed_by_seccomp = end.killed_by_seccomp || died_of_seccomp(end.status);
      if (ended != step) continue;
      end.usage = usage_of_reaped();
      return reaped;
    }
  }
}

// Blocks until the supervisor has mapped the ids of this namespace. Exits when the supervisor
// failed or died.
void wait_for_ids(int life) {
  char go = 0;
  ssize_t n = 0;
  while ((n = ::read(life, &go, 1)) < 0 && errno == EINTR) {
  }
  if (n != 1) ::_exit(1);
}

// Until now this process has the builder's ids, which are not mapped here. Changing credentials
// clears PDEATHSIG and may make the process dumpable, so both are set again.
void become_step(const Plan& plan, int life) {
  if (plan.identity.mode == PlannedIdentity::Mode::kSelf) return;
  become(plan.inner_uid, plan.inner_gid);
  sys::set_undumpable();
  die_with_supervisor(life);
}

// Returns the ids of the mounts that are twins.
std::vector<uint64_t> make_sandbox(const Plan& plan,
                                   const std::map<std::string, std::string>& scratch, int life,
                                   Notes& notes) {
  // Mount points need exact modes; the step keeps the umask of its caller.
  const mode_t mask = ::umask(0);
  Sources sources = open_sources(plan, scratch);
  become_step(plan, life);
  std::vector<uint64_t> twins = take_twins(plan, sources);
  build_root(plan, std::move(sources), notes);
  ::umask(mask);
  if (plan.network == Network::kNone) bring_loopback_up();
  leave_keyring();
  // By path, after the last mount: a working directory from before would show what the mounts
  // cover.
  if (::chdir(plan.cwd.c_str()) != 0) throw_errno("enter the working directory", plan.cwd);
  give_up_privileges();
  const bool root = plan.inner_uid == 0 && plan.inner_gid == 0;
  install_filter(plan.seccomp, plan.limits.core == uint64_t{0}, root);
  return twins;
}

// Files that the step can open, and that are not the container's.
std::set<std::string> other_files(const Plan& plan) {
  std::set<std::string> paths;
  for (const auto& view : plan.views) {
    for (const auto& entry : view.skeleton) {
      const bool own = entry.type == PlannedView::MountPoint::kFile && !entry.target.empty();
      if (own) paths.insert(view.path + "/" + entry.path);
    }
    const bool hidden = view.kind == PlannedView::Kind::kView && view.view == View::kHidden;
    if (hidden && !view.directory) paths.insert(view.path);
  }
  return paths;
}

// Lets the kernel take down the overlays while the supervisor goes on: it waits for this process,
// and the exit would wait for all processors, for each overlay. The mounts go now, for a directory
// that is one's mount point is slow to remove.
void leave_overlays(const Plan& plan) {
  std::vector<Fd> overlays;
  for (const auto& view : plan.views) {
    if (view.kind != PlannedView::Kind::kView || view.view != View::kCow) continue;
    constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if (Fd overlay(::open(view.path.c_str(), kFlags)); overlay) {
      overlays.push_back(std::move(overlay));
    }
  }
  close_after_exit(std::move(overlays));
}

// Returns what make_sandbox() does. What fails here is not yet under the step's own filter.
std::vector<uint64_t> prepare(const Plan& plan, const std::map<std::string, std::string>& scratch,
                              const Pid1& pid_1, Notes& notes) try {
  const int life = pid_1.life;
  pid_1.enter_streams();
  // The step must inherit neither directories of the builder nor locks of the supervisor.
  constexpr unsigned kFirstOwn = 3;
  sys::close_all_but(kFirstOwn, {life, pid_1.report, pid_1.notes});
  wait_for_ids(life);
  die_with_supervisor(life);
  set_process_limits(plan.limits, notes);
  // Only after the ids are mapped: the files in /proc of an undumpable process belong to root.
  sys::set_undumpable();
  return make_sandbox(plan, scratch, life, notes);
} catch (const SysError& e) {
  if (e.code() != EPERM && e.code() != ENOSYS) throw;
  throw blame_profile(e);
}

void run_step(const Plan& plan, const std::map<std::string, std::string>& scratch,
              const Pid1& pid_1) {
  const int report = pid_1.report;
  Notes notes;
  std::vector<uint64_t> twins = prepare(plan, scratch, pid_1, notes);
  std::optional<ModeGuard> guard;
  if (!plan.twins.empty()) guard.emplace(std::move(twins));
  ModeGuard* const asked = guard ? &*guard : nullptr;
  report_notes(report, notes);
  const pid_t step = start(plan, pid_1, asked);
  Tracer tracer(pid_1.notes, plan.traced ? other_files(plan) : std::set<std::string>());
  Reaped reaped = reap(step, pid_1.signals, asked, plan.traced ? &tracer : nullptr);
  // Read where somebody is told: in the line of a step that failed or was ended, and in the record.
  const bool told = reaped.end.status != 0 || reaped.signalled || plan.recorded;
  if (told && plan.network == Network::kNone) reaped.end.refused_network = unroutable();
  report_notes(report, full_views(plan));
  report_end(report, reaped.end);
  leave_overlays(plan);
}

}  // namespace

void be_pid_1(const Plan& plan, const std::map<std::string, std::string>& scratch,
              const Pid1& pid_1) noexcept {
  try {
    try {
      run_step(plan, scratch, pid_1);
      ::_exit(0);
    } catch (const SysError& e) {
      report_error(pid_1.report, blame_module(e, own_confinement()));
    } catch (const Error& e) {
      report_error(pid_1.report, e);
    } catch (const std::exception& e) {
      report_error(pid_1.report,
                   Error("make the sandbox", e.what(),
                         "give the container more memory, or report it: this is a fault of Rind"));
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // The supervisor is gone or memory ran out: nobody can be told. Do not unwind: the destructors
    // of the supervisor are on this stack, too.
  }
  ::_exit(1);
}

}  // namespace rind
