#include "helper/sandbox.h"

#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "common/proc.h"
#include "common/sys.h"
#include "helper/inside.h"
#include "helper/report.h"
#include "helper/userns.h"

namespace rind {
namespace {

constexpr uint64_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;

// fork(2) into new namespaces. Nothing is shared with the child: it could otherwise be looked into
// through us. pidfd: gets the child's, in the parent.
pid_t fork_into_namespaces(Network network, Fd& pidfd) {
  struct clone_args args = {};
  int child = -1;
  args.flags = kNamespaces | CLONE_PIDFD | (network == Network::kNone ? CLONE_NEWNET : 0);
  args.pidfd = reinterpret_cast<uint64_t>(&child);
  args.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) throw no_user_namespace(errno);
  if (pid > 0) pidfd = Fd(child);
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

// The step's id, and whose directories lie on its way; each once.
std::vector<IdPair> pairs(unsigned own, const std::vector<Owner>& others, unsigned Owner::*member) {
  std::vector<IdPair> out = {{own, own}};
  for (const auto& owner : others) {
    const unsigned id = owner.*member;
    if (std::none_of(out.begin(), out.end(), [&](const auto& p) { return p.inside == id; })) {
      out.push_back({id, id});
    }
  }
  return out;
}

// Lets pid 1 begin, when its ids are mapped: only we have the rights to map another's.
void start_pid_1(const Plan& plan, int pidfd, int life) {
  map_ids(sys::proc_directory(pidfd), pairs(plan.uid, plan.identity.also_mapped, &Owner::uid),
          pairs(plan.gid, plan.identity.also_mapped, &Owner::gid));
  sys::write_all(life, "g", "the pipe to pid 1");
}

int64_t now_in_milliseconds() {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000} + now.tv_nsec / 1'000'000;
}

// The wall clock limit: SIGTERM to the step, and some time later SIGKILL for the whole namespace.
class Deadline {
 public:
  explicit Deadline(const LimitRules& limits) : grace_(static_cast<int64_t>(limits.grace) * 1000) {
    if (limits.wall_clock) {
      at_ = now_in_milliseconds() + static_cast<int64_t>(*limits.wall_clock) * 1000;
    }
  }

  // Until the next signal is due; negative: none is.
  int64_t left() const { return at_ < 0 ? -1 : std::max<int64_t>(0, at_ - now_in_milliseconds()); }
  void act(pid_t pid) {
    ::kill(pid, passed_ ? SIGKILL : SIGTERM);
    at_ = passed_ ? -1 : now_in_milliseconds() + grace_;
    passed_ = true;
  }
  bool passed() const { return passed_; }

 private:
  int64_t grace_, at_ = -1;
  bool passed_ = false;
};

// Waits for pid 1 and passes every other signal on to it, which passes it on to the step.
int wait_and_forward(pid_t pid, const SignalGuard& signals, Deadline& deadline) {
  for (;;) {
    const int signal = signals.wait(deadline.left());
    if (signal == 0) {
      deadline.act(pid);
      continue;
    }
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

SandboxEnd run_sandboxed(const Plan& plan, const std::map<std::string, std::string>& scratch,
                         const SignalGuard& signals) {
  require_plain_streams();
  drop_groups();
  sys::Pipe report = sys::make_pipe();
  // Held by us alone: pid 1 sees us gone when it closes, also in the instant before PDEATHSIG
  // holds.
  sys::Pipe life = sys::make_pipe();

  Fd pidfd;
  const pid_t pid = fork_into_namespaces(plan.network, pidfd);
  if (pid == 0) {
    report.read_end.reset();
    life.write_end.reset();
    be_pid_1(plan, scratch, signals, life.read_end.get(), report.write_end.get());
  }
  report.write_end.reset();
  life.read_end.reset();
  SandboxEnd end;
  Deadline deadline(plan.limits);
  int status = 0;
  try {
    start_pid_1(plan, pidfd.get(), life.write_end.get());
    sys::set_undumpable();
    status = wait_and_forward(pid, signals, deadline);
  } catch (const Error&) {
    // Whoever catches this believes that everything of the step is dead.
    ::kill(pid, SIGKILL);
    sys::wait_for(pid);
    throw;
  }
  // pid 1 has been waited for, so nothing of the step lives: the kernel reaps a pid namespace
  // before its init.
  end.timed_out = deadline.passed();
  end.step = read_report(report.read_end.get(), plan.command[0], status, end.notes);
  return end;
}

}  // namespace rind
