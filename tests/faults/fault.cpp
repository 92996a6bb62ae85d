// Makes one system call of Rind's own processes fail, or kills its process there.
//
// rind-fault OPTION... -- COMMAND ARGUMENT...
//   --out FILE          what happened goes there: lines "KEY VALUE"
//   --at PROCESS:CALL   the call: the number of the process, in the order in which they are made,
//   and
//                       of its call, both from 0. Without it every call is listed in FILE, as
//                       "call PROCESS CALL NAME".
//   --errno NUMBER      the call is not made and returns this error, once
//   --kill              the process gets SIGKILL instead of making the call
//   --kill-caller       the process that started COMMAND gets it; the call is made
//   --limit SECONDS     after which everything is killed: "hang 1"
//
// Counted are the calls of processes that execute a file named rind, rind-hook,
// rind-hook-commands or run_network_isolation.sh, and of what they fork. A process that executes
// another program, such as a step's, is let go: it runs untraced from there. Ends as COMMAND ends,
// or as its killed caller.
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace {

// False for calls that cannot fail: whatever they return is an id, an address or a mask.
bool may_fail(long call) {
  constexpr long kNever[] = {SYS_exit,    SYS_exit_group, SYS_rt_sigreturn, SYS_brk,     SYS_umask,
                             SYS_getuid,  SYS_geteuid,    SYS_getgid,       SYS_getegid, SYS_getpid,
                             SYS_getppid, SYS_gettid,     SYS_setfsuid,     SYS_setfsgid};
  return std::find(std::begin(kNever), std::end(kNever), call) == std::end(kNever);
}

struct Options {
  std::string out;
  long process = -1, call = -1;
  int error = 0;
  bool kills = false, kills_caller = false;
  int limit = 20;
  char** command = nullptr;
};

struct Task {
  long process = 0;
  bool counted = false;
  bool inside = false;  // between the stops at the begin and the end of the failing call
};

struct Process {
  long calls = 0;
};

double now() {
  struct timespec time = {};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "rind-fault: %s: %s\n", what, std::strerror(errno));
  std::_Exit(99);
}

class Tracer {
 public:
  explicit Tracer(Options options) : options_(std::move(options)) {
    out_ = std::fopen(options_.out.c_str(), "we");
    if (out_ == nullptr) die("open the file of --out");
  }
  int run();

 private:
  void stopped(pid_t pid, int status);
  void syscall_stop(pid_t pid);
  void executed(pid_t pid);
  void go_on(pid_t pid, int signal = 0) { ::ptrace(PTRACE_SYSCALL, pid, 0, signal); }
  void add(pid_t pid, pid_t parent);
  pid_t start();
  void kill_caller();

  Options options_;
  std::FILE* out_ = nullptr;
  std::map<pid_t, Task> tasks_;
  std::map<long, Process> processes_;
  long next_ = 0;
  bool done_ = false;
  pid_t first_ = 0;  // whose end is the tracer's: the command, or its caller
  int result_ = -1;  // that end, as waitpid() says it
};

void Tracer::add(pid_t pid, pid_t parent) {
  if (tasks_.count(pid) != 0) return;
  const auto from = tasks_.find(parent);
  tasks_[pid] = {next_++, from != tasks_.end() && from->second.counted, false};
}

void Tracer::executed(pid_t pid) {
  char target[PATH_MAX] = {};
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  if (::readlink(link.c_str(), target, sizeof target - 1) < 0) target[0] = '\0';
  const char* slash = std::strrchr(target, '/');
  const std::string name = slash == nullptr ? target : slash + 1;
  for (const char* own : {"rind", "rind-hook", "rind-hook-commands", "run_network_isolation.sh"}) {
    if (name == own) {
      tasks_[pid].counted = true;
      return go_on(pid);
    }
  }
  tasks_.erase(pid);
  ::ptrace(PTRACE_DETACH, pid, 0, 0);
}

void Tracer::syscall_stop(pid_t pid) {
  Task& task = tasks_[pid];
  struct __ptrace_syscall_info info = {};
  ::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
  if (info.op == PTRACE_SYSCALL_INFO_EXIT && task.inside) {
    struct user_regs_struct regs = {};
    ::ptrace(PTRACE_GETREGS, pid, 0, &regs);
    regs.rax = static_cast<unsigned long long>(-options_.error);
    ::ptrace(PTRACE_SETREGS, pid, 0, &regs);
    task.inside = false;
  }
  const auto call = static_cast<long>(info.entry.nr);
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !task.counted || !may_fail(call)) return go_on(pid);
  const long number = processes_[task.process].calls++;
  if (options_.process < 0) std::fprintf(out_, "call %ld %ld %ld\n", task.process, number, call);
  if (done_ || task.process != options_.process || number != options_.call) return go_on(pid);
  done_ = true;
  std::fprintf(out_, "reached %ld\n", call);
  if (options_.kills) {
    ::kill(pid, SIGKILL);
    return;
  }
  if (options_.kills_caller) {
    kill_caller();
    return go_on(pid);
  }
  // Another call takes its place, which every seccomp filter allows. But close(2) closes, whatever
  // it returns.
  if (call != SYS_close) {
    struct user_regs_struct regs = {};
    ::ptrace(PTRACE_GETREGS, pid, 0, &regs);
    regs.orig_rax = SYS_getpid;
    ::ptrace(PTRACE_SETREGS, pid, 0, &regs);
  }
  task.inside = true;
  go_on(pid);
}

void Tracer::stopped(pid_t pid, int status) {
  const int event = status >> 16, signal = WSTOPSIG(status);
  if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
    unsigned long child = 0;
    ::ptrace(PTRACE_GETEVENTMSG, pid, 0, &child);
    add(static_cast<pid_t>(child), pid);
    return go_on(pid);
  }
  if (event == PTRACE_EVENT_EXEC) return executed(pid);
  if (event == PTRACE_EVENT_STOP) {
    const bool group =
        signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
    if (group) {
      ::ptrace(PTRACE_LISTEN, pid, 0, 0);
    } else {
      go_on(pid);
    }
    return;
  }
  if (signal == (SIGTRAP | 0x80)) return syscall_stop(pid);
  go_on(pid, signal);
}

// The command's caller, for --kill-caller: it waits for it and ends with its status.
[[noreturn]] void be_caller(pid_t command) {
  int status = 0;
  while (::waitpid(command, &status, 0) < 0 && errno == EINTR) {
  }
  std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// Starts the command, which is traced from its first call on.
pid_t Tracer::start() {
  int go[2], id[2];
  if (::pipe(go) != 0 || ::pipe(id) != 0) die("pipe");
  first_ = ::fork();
  if (first_ < 0) die("fork");
  if (first_ == 0) {
    const pid_t command = options_.kills_caller ? ::fork() : 0;
    if (command < 0) die("fork");
    if (command > 0) {
      for (const int end : {go[0], go[1], id[0]}) ::close(end);
      if (::write(id[1], &command, sizeof command) != sizeof command) die("write");
      be_caller(command);
    }
    char none = 0;
    for (const int end : {go[1], id[0], id[1]}) ::close(end);
    if (::read(go[0], &none, 1) != 0) die("read");
    ::close(go[0]);
    ::execv(options_.command[0], options_.command);
    die(options_.command[0]);
  }
  pid_t command = first_;
  if (options_.kills_caller && ::read(id[0], &command, sizeof command) != sizeof command)
    die("read");
  constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                            PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SEIZE, command, 0, kOptions) != 0) die("ptrace");
  for (const int end : {go[0], id[0], id[1]}) ::close(end);
  ::ptrace(PTRACE_INTERRUPT, command, 0, 0);
  ::close(go[1]);
  return command;
}

// It is dead when this returns.
void Tracer::kill_caller() {
  ::kill(first_, SIGKILL);
  if (::waitpid(first_, &result_, 0) != first_) die("waitpid");
}

int Tracer::run() {
  add(start(), 0);
  int status = 0;
  bool hung = false;
  const double end = now() + options_.limit;
  // Stops of a child may come before the event that tells of it.
  std::map<pid_t, int> early;
  while (!tasks_.empty()) {
    const pid_t pid = ::waitpid(-1, &status, __WALL | WNOHANG);
    if (pid < 0 && errno == ECHILD) break;
    if (pid <= 0) {
      if (now() > end && !hung) {
        hung = true;
        for (const auto& [task, _] : tasks_) ::kill(task, SIGKILL);
      }
      const struct timespec moment = {0, 50'000};
      ::nanosleep(&moment, nullptr);
      continue;
    }
    if (!WIFSTOPPED(status)) {
      if (pid == first_) result_ = status;
      tasks_.erase(pid);
      continue;
    }
    if (tasks_.count(pid) == 0) add(pid, 0);
    stopped(pid, status);
  }
  // The command itself may have been let go.
  while (result_ < 0 && !hung && now() < end) {
    const pid_t pid = ::waitpid(first_, &status, __WALL | WNOHANG);
    if (pid == first_) result_ = status;
    if (pid < 0) break;
    const struct timespec moment = {0, 100'000};
    ::nanosleep(&moment, nullptr);
  }
  std::fprintf(out_, "hang %d\n", hung ? 1 : 0);
  std::fclose(out_);
  if (WIFSIGNALED(result_)) return 128 + WTERMSIG(result_);
  return WIFEXITED(result_) ? WEXITSTATUS(result_) : 98;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") {
      options.command = argv + i + 1;
      break;
    }
    if (word == "--kill" || word == "--kill-caller") {
      (word == "--kill" ? options.kills : options.kills_caller) = true;
      continue;
    }
    if (i + 1 == argc) break;
    const char* value = argv[++i];
    if (word == "--out") options.out = value;
    if (word == "--errno") options.error = std::atoi(value);
    if (word == "--limit") options.limit = std::atoi(value);
    if (word == "--at") std::sscanf(value, "%ld:%ld", &options.process, &options.call);
  }
  if (options.command == nullptr || *options.command == nullptr || options.out.empty()) {
    std::fprintf(
        stderr,
        "rind-fault: usage: rind-fault --out FILE [--at P:N (--errno E | --kill | --kill-caller)] "
        "-- COMMAND...\n");
    std::exit(2);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) { return Tracer(parse(argc, argv)).run(); }
