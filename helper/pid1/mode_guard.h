// Keeps setuid and setgid files out of the trees that a step sees in twins.
//
// What a step makes in a twin belongs to the builder on disk, on the host usually to root: a setuid
// file there would be root's, for every user of the host, whatever nosuid says in the container.
// The step's filter (helper/pid1/filter/rules.h) lets no file be made with such a bit. A chmod that
// sets one waits until pid 1 has done it instead: directories get the mode, other files get it
// without these bits. pid 1 opens the file once and looks at what it has opened, so nothing can be
// exchanged. It has the rights of the step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"

struct seccomp_notif;

namespace rind {

// A change of a mode, as a caller's architecture passes it. Pure.
struct ModeCall {
  enum class Kind { kUnknown, kPath, kDescriptor } kind = Kind::kUnknown;
  int directory = 0;  // kDescriptor: the file itself
  uint64_t path = 0;  // an address in the caller
  unsigned mode = 0;
  unsigned flags = 0;  // AT_*
};
// arch: AUDIT_ARCH_*. Returns kUnknown for every other call.
ModeCall mode_call(uint32_t arch, int number, const uint64_t (&arguments)[6]);

// What a path of process `task` is for pid 1, whose own "/proc/self" is another.
std::string as_seen_by(int task, const std::string& path);

class ModeGuard {
 public:
  // twins: the ids of the mounts in which files must not have these bits. Throws SysError.
  explicit ModeGuard(std::vector<uint64_t> twins);

  // In the step's first process, before it executes: installs the filter and hands the listener
  // over. Returns 0 or an errno. Async-signal-safe.
  int install() const;
  // Takes the listener. Call it when the step's first process has executed.
  void listen();
  // For poll(2); -1 after stop().
  int listener() const { return listener_.get(); }
  // Answers one question.
  void answer();
  void stop() { listener_.reset(); }

 private:
  int change(const struct seccomp_notif& question) const;
  unsigned allowed_mode(int file, unsigned mode) const;

  std::vector<uint64_t> twins_;
  Fd ours_, theirs_, listener_;
};

// The error for install() with this errno.
Error no_mode_guard(int code);

}  // namespace rind
