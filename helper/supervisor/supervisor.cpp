#include "helper/supervisor/supervisor.h"

#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <optional>
#include <vector>

#include "common/base/proc.h"
#include "common/base/sys.h"
#include "helper/pid1/pid1.h"
#include "helper/pid1/report.h"
#include "helper/supervisor/id_maps.h"

namespace rind {
namespace {

// fork(2) into new namespaces. It shares no memory with the child, which could otherwise be
// inspected through us. pidfd: gets the child's pidfd, in the parent.
pid_t fork_into(const std::vector<NamespaceKind>& namespaces, Fd& pidfd) {
  struct clone_args args = {};
  int child = -1;
  args.flags = CLONE_PIDFD;
  for (const auto& kind : namespaces) args.flags |= kind.flag;
  args.pidfd = reinterpret_cast<uint64_t>(&child);
  args.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) throw no_user_namespace(errno);
  if (pid > 0) pidfd = Fd(child);
  return static_cast<pid_t>(pid);
}

// Replaces the supplementary groups of this process by the step's while it lives. They are rights
// that no id map shows, and a child in its own user namespace cannot change them. The supervisor
// takes its own back afterwards, because it reads and writes the builder's files. Without
// CAP_SETGID (EPERM) the builder cannot change them either.
class GroupsOfStep {
 public:
  explicit GroupsOfStep(const std::vector<unsigned>& groups) {
    const int count = ::getgroups(0, nullptr);
    if (count < 0) throw_errno("get supplementary groups");
    groups_.resize(static_cast<size_t>(count));
    if (count == 0 && groups.empty()) return;
    if (count != 0 && ::getgroups(count, groups_.data()) < 0)
      throw_errno("get supplementary groups");
    changed_ = ::setgroups(groups.size(), groups.data()) == 0;
    if (!changed_ && errno != EPERM) throw_errno("set supplementary groups");
  }
  ~GroupsOfStep() {
    // The capability that changed the groups can set them. If it failed, this process would have
    // other rights than before, none of which is the builder's.
    if (changed_) (void)::setgroups(groups_.size(), groups_.data());
  }
  GroupsOfStep(const GroupsOfStep&) = delete;
  GroupsOfStep& operator=(const GroupsOfStep&) = delete;

 private:
  bool changed_ = false;
  std::vector<gid_t> groups_;
};

// The id map of the step: the owners of directories on its way keep their numbers, each
// once, unless the step has that number inside.
std::vector<IdPair> pairs(IdPair step, const std::vector<Owner>& others, unsigned Owner::*member) {
  std::vector<IdPair> out = {step};
  // What an id that is not mapped looks like. The builder's group gets it where a third owner's
  // directory has that group: the kernel asks that both ids of a directory are mapped.
  unsigned spare = 65534;
  const auto is_taken = [&](unsigned id) {
    return std::any_of(out.begin(), out.end(), [&](const auto& p) { return p.inside == id; });
  };
  for (const auto& owner : others) {
    const unsigned id = owner.*member;
    if (std::any_of(out.begin(), out.end(), [&](const auto& p) { return p.outside == id; }))
      continue;
    while (is_taken(spare)) --spare;
    out.push_back({is_taken(id) ? spare : id, id});
  }
  return out;
}

// Maps the ids of pid 1 and lets it start: only this process has the right to map them.
void start_pid_1(const Plan& plan, int pidfd, int life) {
  map_ids(sys::proc_directory(pidfd),
          pairs({plan.inner_uid, plan.uid}, plan.identity.also_mapped, &Owner::uid),
          pairs({plan.inner_gid, plan.gid}, plan.identity.also_mapped, &Owner::gid));
  sys::write_all(life, "g", "the pipe to pid 1");
}

// The wall clock limit: SIGTERM to the step, and SIGKILL to the whole namespace after the grace
// time.
class Deadline {
 public:
  explicit Deadline(const LimitRules& limits) : grace_(static_cast<int64_t>(limits.grace) * 1000) {
    if (limits.wall_clock) {
      at_ = sys::monotonic_milliseconds() + static_cast<int64_t>(*limits.wall_clock) * 1000;
    }
  }

  // Milliseconds until the next signal is due; negative when none is.
  int64_t left() const {
    return at_ < 0 ? -1 : std::max<int64_t>(0, at_ - sys::monotonic_milliseconds());
  }
  void act(pid_t pid) {
    ::kill(pid, passed_ ? SIGKILL : SIGTERM);
    at_ = passed_ ? -1 : sys::monotonic_milliseconds() + grace_;
    passed_ = true;
  }
  // The step has ended already.
  void pass() { passed_ = true; }
  bool passed() const { return passed_; }

 private:
  int64_t grace_, at_ = -1;
  bool passed_ = false;
};

bool asks_to_end(int signal) {
  return signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM;
}

// Watches a running step: copies its output, passes signals on, and keeps the deadline.
class Watch {
 public:
  Watch(const SignalGuard& signals, Streams& streams, const LimitRules& limits, WhenAsked asked)
      : signals_(signals),
        streams_(streams),
        when_asked_(asked),
        deadline_(limits),
        descriptor_(signals.descriptor()) {}

  // Waits for pid 1. Passes every other signal on to pid 1, which passes it on to the step. Returns
  // the wait status.
  int wait_for(pid_t pid);
  // Copies the rest of the step's output, for as long as the step itself would have had to wait.
  // ended_well: it is known to have done so, and not by a signal to end. Returns a signal that
  // arrived meanwhile and would have ended the step; otherwise 0.
  int copy_the_rest(bool ended_well);
  bool timed_out() const { return deadline_.passed(); }
  bool asked() const { return asked_to_end_; }

 private:
  // Waits for a signal, for something to copy (and copies it), or for so many milliseconds
  // (negative: without limit). Returns whether something could be copied.
  bool wait_and_copy(int64_t milliseconds);

  const SignalGuard& signals_;
  Streams& streams_;
  WhenAsked when_asked_;
  Deadline deadline_;
  Fd descriptor_;
  bool asked_to_end_ = false;
};

bool Watch::wait_and_copy(int64_t milliseconds) {
  Streams::Polled copies = streams_.waits_for();
  std::array polled = {copies[0], copies[1], pollfd{descriptor_.get(), POLLIN, 0}};
  const int timeout = static_cast<int>(std::min<int64_t>(milliseconds, INT_MAX));
  if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) throw_errno("poll");
  std::copy_n(polled.begin(), copies.size(), copies.begin());
  return streams_.move(copies);
}

int Watch::wait_for(pid_t pid) {
  for (;;) {
    wait_and_copy(deadline_.left());
    // Check it every time: a step that writes without pause must not delay it.
    if (deadline_.left() == 0) deadline_.act(pid);
    const int signal = signals_.take();
    if (signal == 0) continue;
    if (signal != SIGCHLD) {
      asked_to_end_ = asked_to_end_ || asks_to_end(signal);
      const bool kills = asked_to_end_ && when_asked_ == WhenAsked::kIsKilled;
      ::kill(pid, kills ? SIGKILL : signal);  // ESRCH: it has just ended, and SIGCHLD is next
      continue;
    }
    int status = 0;
    pid_t ended = 0;
    // The signal has been taken and does not come again: without an answer this would wait forever.
    while ((ended = ::waitpid(pid, &status, WNOHANG)) < 0 && errno == EINTR) {
    }
    if (ended == pid) return status;
    if (ended < 0) throw_errno("wait for", "the step's pid 1");
  }
}

int Watch::copy_the_rest(bool ended_well) {
  streams_.writers_ended();
  while (!streams_.done()) {
    // Whoever ended the step may wait for its end before reading on.
    const bool patient = (ended_well || !asked_to_end_) && !deadline_.passed();
    const bool moved = wait_and_copy(patient ? deadline_.left() : 0);
    if (!moved && !patient) return 0;
    const int signal = signals_.take();
    if (asks_to_end(signal)) return signal;
    if (deadline_.left() == 0) deadline_.pass();
  }
  return 0;
}

}  // namespace

namespace {

// The file in memory to which the tracer of a step writes.
Fd make_notes(const Plan& plan) {
  if (!plan.traced) return {};
  Fd notes(::memfd_create("rind-trace", MFD_CLOEXEC));
  if (!notes) throw_errno("memfd_create");
  return notes;
}

std::vector<FailedCall> read_notes(const Fd& notes) {
  constexpr size_t kLimit = 8 * 1024 * 1024;
  if (!notes) return {};
  if (::lseek(notes.get(), 0, SEEK_SET) != 0) throw_errno("read the tracer's notes");
  return decode_calls(sys::read_all(notes.get(), kLimit, "the tracer's notes"));
}

}  // namespace

SandboxEnd run_sandboxed(const Plan& plan, const std::map<std::string, std::string>& scratch,
                         const SignalGuard& signals, Streams& streams, WhenAsked asked) {
  sys::Pipe report = sys::make_pipe();
  // Only this process has the write end. When it closes, pid 1 knows that we are gone, even before
  // PDEATHSIG is set.
  sys::Pipe life = sys::make_pipe();

  const Fd notes = make_notes(plan);
  // An earlier call left this process undumpable, and the files in /proc of an undumpable child
  // belong to root. No process of a step is alive now.
  if (plan.traced && ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) throw_errno("prctl");
  std::optional<GroupsOfStep> groups(std::in_place, plan.devices.groups);
  Fd pidfd;
  const pid_t pid = fork_into(plan.namespaces, pidfd);
  if (pid == 0) {
    report.read_end.reset();
    life.write_end.reset();
    be_pid_1(plan, scratch,
             {signals, [&streams] { streams.enter(); }, life.read_end.get(), report.write_end.get(),
              notes.get(), streams.is_none()});
  }
  groups.reset();
  report.write_end.reset();
  life.read_end.reset();
  std::optional<Watch> watch;
  SandboxEnd end;
  int status = 0;
  try {
    watch.emplace(signals, streams, plan.limits, asked);
    start_pid_1(plan, pidfd.get(), life.write_end.get());
    sys::set_undumpable();
    status = watch->wait_for(pid);
  } catch (const Error&) {
    // The caller relies on it that every process of the step is dead.
    ::kill(pid, SIGKILL);
    status = sys::wait_for(pid);
    // Where pid 1 failed first, this is only what came of it, such as a broken pipe.
    read_report(report.read_end.get(), plan.command[0], status, end.notes);
    throw;
  }
  // Every process of the step is dead: the kernel reaps a pid namespace before its init.
  int ended_by = watch->copy_the_rest(false);
  end.step = read_report(report.read_end.get(), plan.command[0], status, end.notes);
  // A step may handle or ignore the signal: no success with a part of the output.
  if (ended_by == 0 && end.step.status == 0) ended_by = watch->copy_the_rest(true);
  end.timed_out = watch->timed_out();
  end.asked = watch->asked();
  if (ended_by != 0) end.step.status = ended_by;
  end.failed_calls = read_notes(notes);
  return end;
}

}  // namespace rind
