#include "hook/container/user_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "common/base/error.h"
#include "common/base/proc.h"
#include "common/base/sys.h"

namespace rind::hook {
namespace {

constexpr uint64_t kIds = 4294967295;  // 2^32 - 1 is no id

void write_map(const std::string& process, const char* file, const std::string& map) {
  const std::string path = process + "/" + file;
  const Fd fd = sys::open(AT_FDCWD, path, O_WRONLY);
  sys::write_all(fd.get(), map, path);
}

struct Child {
  int ready = -1;                // the write end of a pipe
  volatile int name_space = -1;  // in the descriptor table of both
};

// The child shares memory and descriptors with the hook. It opens its own namespace: for the hook,
// which is undumpable and so is the child, that would take CAP_SYS_PTRACE.
int hold_namespace(void* argument) {
  auto* child = static_cast<Child*>(argument);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  child->name_space = ::open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
  // The hook waits for this byte. The pipe is empty: nothing but an interruption prevents it.
  while (::write(child->ready, "r", 1) != 1) {
  }
  for (;;) ::pause();
}

// Ends the child in any case.
class Held {
 public:
  explicit Held(pid_t pid) : pid_(pid) {}
  ~Held() {
    while (::kill(pid_, SIGKILL) != 0 && errno != ESRCH) {
    }
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  pid_t pid_;
};

}  // namespace

std::string swapped_ids(unsigned a, unsigned b) {
  const uint64_t low = std::min(a, b), high = std::max(a, b);
  std::string map;
  const auto add = [&](uint64_t inside, uint64_t outside, uint64_t count) {
    if (count == 0) return;
    map +=
        std::to_string(inside) + " " + std::to_string(outside) + " " + std::to_string(count) + "\n";
  };
  if (low == high) {
    add(0, 0, kIds);
    return map;
  }
  add(0, 0, low);
  add(low, high, 1);
  add(low + 1, low + 1, high - low - 1);
  add(high, low, 1);
  add(high + 1, high + 1, kIds - high - 1);
  return map;
}

Fd make_user_namespace(const std::string& uid_map, const std::string& gid_map) {
  constexpr size_t kStack = 65536;
  alignas(16) static std::array<char, kStack> stack;
  sys::Pipe ready = sys::make_pipe();
  Child child;
  child.ready = ready.write_end.get();
  const pid_t pid = ::clone(&hold_namespace, stack.data() + stack.size(),
                            CLONE_VM | CLONE_FILES | CLONE_NEWUSER | SIGCHLD, &child);
  if (pid < 0) throw_errno("make a user namespace");
  const Held held(pid);
  char byte = 0;
  while (::read(ready.read_end.get(), &byte, 1) < 0 && errno == EINTR) {
  }
  Fd name_space(child.name_space);
  if (!name_space)
    throw Error("make a user namespace", "its process cannot open it",
                "mount a procfs on this host's /proc, and run rind-hook check");
  const std::string process = sys::proc_directory(sys::pidfd_open(pid).get());
  write_map(process, "uid_map", uid_map);
  write_map(process, "gid_map", gid_map);
  return name_space;
}

}  // namespace rind::hook
