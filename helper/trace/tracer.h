// Watches the processes of a step, and notes which of their system calls failed.
//
// pid 1 traces with ptrace(2), inside the sandbox and under the step's filter, with the step's
// rights. A filter for seccomp's user notification would be asked before a call, and could not tell
// how it ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "helper/trace/failed_call.h"

namespace rind {

// The error when the kernel denies a step's tracer. code: errno.
Error no_tracer(int code);

class Tracer {
 public:
  // notes: a file to which failed calls are written (helper/trace/failed_call.h). It must outlive
  // this.
  // other: files that are not the container's in the sandbox; opening one of them is noted, too.
  Tracer(int notes, std::set<std::string> other) : notes_(notes), other_(std::move(other)) {}

  // Call it in the step's first process, before it executes: its parent traces it and all its
  // descendants from then on. Returns 0 or errno. Async-signal-safe.
  static int ask();

  // A task that waitpid(2) reported: takes note, and lets it go on. status: where WIFSTOPPED.
  void go_on(pid_t task, int status);
  void ended(pid_t task) { tasks_.erase(task); }

  // A task of a step that is not traced, stopped because it asked its parent to trace it: this
  // process is the parent of the step's first process, and of every orphan. Lets the task go on,
  // untraced. status: where WIFSTOPPED.
  static void refuse(pid_t task, int status);

 private:
  struct Call {
    bool inside = false;
    uint32_t architecture = 0;
    uint64_t number = 0;
    uint64_t arguments[6] = {};
  };
  void look(pid_t task, Call& call);
  // code: errno, or 0.
  void note(pid_t task, const Call& call, int code);
  void write(const FailedCall& failed);

  int notes_;
  std::set<std::string> other_;
  bool first_ = true;
  size_t written_ = 0;
  std::string last_;
  std::map<pid_t, Call> tasks_;
};

}  // namespace rind
