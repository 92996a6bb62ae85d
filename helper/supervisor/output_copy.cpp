#include "helper/supervisor/output_copy.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "common/base/error.h"

namespace rind {
namespace {

// The capacity of a pipe.
constexpr size_t kMostRead = 65536;
// A ready terminal takes so many bytes without waiting (WAKEUP_CHARS in the kernel).
constexpr size_t kTerminalPiece = 256;

mode_t type_of(int fd) { return sys::stat_fd(fd, "a standard stream").st_mode & S_IFMT; }

// Opens the target again: O_NONBLOCK belongs to the open file description, which others share.
// Works for a pipe, and for a terminal that we may open.
Fd reopen(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return Fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

// True when the reader has gone. Without the supervisor, only the step would notice, by SIGPIPE.
bool is_farewell(int code, mode_t type) {
  return code == EPIPE || code == ECONNRESET || (code == EIO && S_ISCHR(type));
}

}  // namespace

OutputCopy::OutputCopy(int target, unsigned uid, unsigned gid)
    : target_(target),
      type_(type_of(target)),
      pipe_(sys::make_pipe()),
      buffer_(std::make_unique_for_overwrite<char[]>(kMostRead)) {
  if (::fchown(pipe_.write_end.get(), uid, gid) != 0) throw_errno("change the owner of a pipe");
  if (::fcntl(pipe_.read_end.get(), F_SETFL, O_NONBLOCK) != 0)
    throw_errno("set O_NONBLOCK on a pipe");
  if (S_ISFIFO(type_) || S_ISCHR(type_)) {
    reopened_ = reopen(target);
    blocks_ = !reopened_;
  }
}

struct pollfd OutputCopy::waits_for() const {
  if (done()) return {-1, 0, 0};
  if (rest().empty()) return {pipe_.read_end.get(), POLLIN, 0};
  return {reopened_ ? reopened_.get() : target_, POLLOUT, 0};
}

void OutputCopy::move() {
  if (done()) return;
  if (!rest().empty()) return write_some();
  read_some();
  // Usually the target takes it at once.
  if (!rest().empty() && !blocks_) write_some();
}

void OutputCopy::read_some() {
  const ssize_t n =
      ::read(pipe_.read_end.get(), buffer_.get(), std::min<uint64_t>(kMostRead, bytes_left_));
  if (n < 0 && errno == EINTR) return;
  if (n < 0 && errno == EAGAIN) {
    // A step can read from its own pipe, so the pipe may have less than before.
    if (bytes_left_ != UINT64_MAX) bytes_left_ = 0;
    return;
  }
  if (n <= 0) {
    // EIO and ENODATA: the step spliced pages into its pipe that could not be read, or that their
    // file has lost. The front end's own read would have failed, too.
    if (n < 0) unread_ = errno;
    pipe_.read_end.reset();
    return;
  }
  begin_ = 0;
  end_ = static_cast<size_t>(n);
  if (bytes_left_ != UINT64_MAX) bytes_left_ -= end_;
}

// Others may write to the same pipe, log or terminal. So a piece ends with a line where possible,
// and for a pipe it is small enough to be written as a whole.
size_t OutputCopy::next_piece() const {
  size_t most = rest().size();
  if (S_ISFIFO(type_)) most = std::min<size_t>(most, PIPE_BUF);
  if (S_ISCHR(type_) && blocks_) most = std::min(most, kTerminalPiece);
  const size_t line_end = rest().substr(0, most).rfind('\n');
  return line_end == std::string_view::npos ? most : line_end + 1;
}

void OutputCopy::write_some() {
  const int to = reopened_ ? reopened_.get() : target_;
  while (!rest().empty()) {
    const size_t size = next_piece();
    const ssize_t n = S_ISSOCK(type_) ? ::send(to, rest().data(), size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                      : ::write(to, rest().data(), size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) {
      error_ = is_farewell(errno, type_) ? 0 : errno;
      pipe_.read_end.reset();  // the step's next write gets SIGPIPE
      return;
    }
    begin_ += static_cast<size_t>(n);
    if (blocks_) return;
  }
}

void OutputCopy::writers_ended() {
  int bytes = 0;
  if (pipe_.read_end && ::ioctl(pipe_.read_end.get(), FIONREAD, &bytes) != 0) {
    throw_errno("measure what a pipe holds");
  }
  bytes_left_ = static_cast<unsigned>(bytes);
}

std::string OutputCopy::target_name() const {
  if (S_ISREG(type_)) return "its log";
  return target_ == STDOUT_FILENO ? "standard output" : "standard error";
}

void OutputCopy::require_complete() const {
  if (unread_ != 0) {
    throw Error("read the step's output", ::strerror(unread_), "run the step again");
  }
  if (error_ == 0) return;
  throw Error("copy the step's output to " + target_name(), ::strerror(error_),
              "make room where the output goes, and keep its reader running");
}

}  // namespace rind
