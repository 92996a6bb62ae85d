#include "helper/streams.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"
#include "common/sys.h"

namespace rind {
namespace {

// A child of the supervisor: copies until nobody has the pipe's other end any more. When the file
// takes no more, the step gets SIGPIPE.
[[noreturn]] void copy(int from, int to) {
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(from, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(n == 0 ? 0 : 1);
    try {
      sys::write_all(to, {buffer, static_cast<size_t>(n)}, "the log");
    } catch (const Error&) {
      ::_exit(1);
    }
  }
}

Fd duplicate(int fd) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) throw_errno("duplicate a standard stream");
  return copy;
}

bool same_file(int a, int b) {
  struct stat one = {}, other = {};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

}  // namespace

Streams::Streams(const Plan& plan) {
  share(STDIN_FILENO, false, plan);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat st = {};
    if (::fstat(stream, &st) != 0) continue;  // closed: it stays so
    if (S_ISREG(st.st_mode)) {
      replace(stream, plan);
    } else {
      share(stream, true, plan);
    }
  }
}

void Streams::replace(int stream, const Plan& plan) {
  Fd original = duplicate(stream);
  if (!replaced_.empty() && same_file(replaced_.front().original.get(), original.get())) {
    // Both into one pipe: what was written first comes first.
    if (::dup2(replaced_.front().stream, stream) < 0) throw_errno("replace a standard stream");
    replaced_.push_back({stream, std::move(original)});
    return;
  }
  sys::Pipe pipe = sys::make_pipe();
  if (::fchown(pipe.write_end.get(), plan.uid, plan.gid) != 0) throw_errno("give a pipe away");
  const pid_t copier = ::fork();
  if (copier < 0) throw_errno("fork");
  if (copier == 0) {
    sys::set_undumpable();
    // The first descriptors may be what another copier waits for the end of.
    const Fd from = duplicate(pipe.read_end.get());
    sys::close_all_but(0, from.get(), original.get());
    copy(from.get(), original.get());
  }
  copiers_.push_back(copier);
  if (::dup2(pipe.write_end.get(), stream) < 0) throw_errno("replace a standard stream");
  replaced_.push_back({stream, std::move(original)});
}

void Streams::share(int stream, bool output, const Plan& plan) {
  struct stat st = {};
  if (plan.uid == plan.builder_uid || ::fstat(stream, &st) != 0) return;
  // Something that cannot be shared: a step that opens it again will be told.
  if (!S_ISFIFO(st.st_mode) || st.st_uid != plan.builder_uid) return;
  const mode_t mode = st.st_mode & 07777;
  const mode_t shared = mode | (output ? S_IWOTH : S_IROTH);
  if (shared != mode && ::fchmod(stream, shared) == 0) shared_.push_back({stream, mode});
}

Streams::~Streams() {
  // Two streams can be one pipe: the first one's mode is what it was.
  for (auto it = shared_.rbegin(); it != shared_.rend(); ++it) ::fchmod(it->stream, it->mode);
  // Our ends of the pipes go with this, and the step's are gone.
  for (const auto& replaced : replaced_) ::dup2(replaced.original.get(), replaced.stream);
  for (const pid_t copier : copiers_) {
    try {
      sys::wait_for(copier);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): what could be copied was
    }
  }
}

}  // namespace rind
