#include "helper/streams.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "common/error.h"
#include "common/sys.h"

namespace rind {
namespace {

// Copies what is there. False when there will be no more: the other ends are closed, or, for a pipe
// that does not wait, when it is empty.
bool copy_some(int from, int to) {
  char buffer[65536];
  const ssize_t n = ::read(from, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR) return true;
  if (n < 0 && errno == EAGAIN) return false;
  if (n < 0) throw_errno("read", "the step's output");
  sys::write_all(to, {buffer, static_cast<size_t>(n)}, "the log");
  return n > 0;
}

// The copier: until nobody has the pipe's other end any more, or `end` is closed; a step may have
// passed its end on to somebody who lives. When the file takes no more, the step gets SIGPIPE.
void copy(int from, int end, int to) {
  for (;;) {
    struct pollfd polled[] = {{from, POLLIN, 0}, {end, 0, 0}};
    if (::poll(polled, 2, -1) < 0 && errno != EINTR) throw_errno("poll");
    if (polled[1].revents != 0) {
      if (::fcntl(from, F_SETFL, O_NONBLOCK) != 0) throw_errno("set a pipe not to wait");
      while (copy_some(from, to)) {
      }
      return;
    }
    if (polled[0].revents != 0 && !copy_some(from, to)) return;
  }
}

Fd duplicate(int fd, int lowest = 3) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, lowest));
  if (!copy) throw_errno("duplicate a standard stream");
  return copy;
}

// In the new process: nothing escapes from here, or there would be two supervisors.
[[noreturn]] void be_copier(int from, int end, int to) {
  try {
    sys::set_undumpable();
    // Out of the way of what is closed; the lowest descriptors are other pipes' ends.
    constexpr int kLow = 10;
    const Fd source = duplicate(from, kLow);
    const Fd control = duplicate(end, kLow);
    const Fd target = duplicate(to, kLow);
    if (::dup2(source.get(), 0) < 0 || ::dup2(control.get(), 1) < 0 ||
        ::dup2(target.get(), 2) < 0) {
      ::_exit(1);
    }
    constexpr unsigned kFirstClosed = 3;
    sys::close_from(kFirstClosed);
    copy(0, 1, 2);
    ::_exit(0);
  } catch (const std::exception&) {
    ::_exit(1);
  }
}

bool same_file(int a, int b) {
  struct stat one = {}, other = {};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

// A pipe without a name, of the builder's. Whether it is open to others matters to nobody who has
// no descriptor of it, so it stays so: other steps may have the same one.
void share(int stream, const Plan& plan) {
  struct stat st = {};
  struct statfs fs = {};
  if (plan.uid == plan.builder_uid || ::fstat(stream, &st) != 0) return;
  if (!S_ISFIFO(st.st_mode) || st.st_uid != plan.builder_uid) return;
  if (::fstatfs(stream, &fs) != 0 || fs.f_type != PIPEFS_MAGIC) return;
  // Where it is not allowed, a step that opens it again will be told.
  [[maybe_unused]] const int done = ::fchmod(stream, 0666);
}

}  // namespace

Streams::Streams(const Plan& plan) {
  if (!plan.null_stdin) share(STDIN_FILENO, plan);
  try {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
      struct stat st = {};
      if (::fstat(stream, &st) != 0) continue;  // closed: it stays so
      if (S_ISREG(st.st_mode)) {
        replace(stream, plan);
      } else {
        share(stream, plan);
      }
    }
  } catch (const Error&) {
    restore();
    throw;
  }
}

void Streams::replace(int stream, const Plan& plan) {
  Fd original = duplicate(stream);
  if (!replaced_.empty() && same_file(replaced_.front().original.get(), original.get())) {
    // Both into one pipe: what was written first comes first.
    const int first = replaced_.front().stream;
    replaced_.push_back({stream, std::move(original)});
    if (::dup2(first, stream) < 0) throw_errno("replace a standard stream");
    return;
  }
  sys::Pipe pipe = sys::make_pipe();
  sys::Pipe control = sys::make_pipe();
  if (::fchown(pipe.write_end.get(), plan.uid, plan.gid) != 0) throw_errno("give a pipe away");
  const pid_t copier = ::fork();
  if (copier < 0) throw_errno("fork");
  if (copier == 0) be_copier(pipe.read_end.get(), control.read_end.get(), original.get());
  copiers_.push_back({copier, std::move(control.write_end)});
  replaced_.push_back({stream, std::move(original)});
  if (::dup2(pipe.write_end.get(), stream) < 0) throw_errno("replace a standard stream");
}

void Streams::restore() {
  // Our ends of the pipes go with this.
  for (const auto& replaced : replaced_) ::dup2(replaced.original.get(), replaced.stream);
  replaced_.clear();
}

void Streams::finish() {
  restore();
  bool complete = true;
  for (auto& copier : copiers_) {
    copier.end.reset();
    const int status = sys::wait_for(copier.pid);
    complete = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  copiers_.clear();
  if (!complete) {
    throw Error("write what the step said", "its log took no more",
                "see that the log's file system has room");
  }
}

Streams::~Streams() {
  try {
    finish();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): on the way out with another error
  }
}

}  // namespace rind
