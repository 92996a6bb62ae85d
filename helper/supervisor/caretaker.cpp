#include "helper/supervisor/caretaker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// Closes all files but these. The front end waits for the end of its pipes, and the supervisor for
// the end of the step's.
void keep_only(int null, std::vector<int> kept) {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::dup2(null, standard);
    kept.push_back(standard);
  }
  std::sort(kept.begin(), kept.end());
  unsigned first = 0;
  for (const int fd : kept) {
    const auto next = static_cast<unsigned>(fd);
    if (next > first) ::syscall(SYS_close_range, first, next - 1, 0);
    first = next + 1;
  }
  ::syscall(SYS_close_range, first, ~0U, 0);
}

void take_care(int null, std::vector<int> descriptors, int alive,
               const std::function<void()>& work) {
  ::setsid();
  descriptors.push_back(alive);
  keep_only(null, std::move(descriptors));
  char byte = 0;
  // Only the end of the pipe says that the supervisor has gone: an error does not.
  while (::read(alive, &byte, 1) != 0) {
  }
  work();
}

}  // namespace

Caretaker::Caretaker(std::vector<int> descriptors, const std::function<void()>& work) {
  sys::Pipe alive = sys::make_pipe();
  const Fd null = sys::open(AT_FDCWD, "/dev/null", O_RDWR);
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ == 0) {
    try {
      take_care(null.get(), std::move(descriptors), alive.read_end.get(), work);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): nobody is left to be told
    }
    ::_exit(0);
  }
  alive_ = std::move(alive.write_end);
}

Caretaker::~Caretaker() {
  // It blocks no SIGKILL, and has nothing to finish. Without its pipe it ends in any case.
  ::kill(pid_, SIGKILL);
  alive_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace rind
