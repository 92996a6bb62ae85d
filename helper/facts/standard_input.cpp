#include "helper/facts/standard_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// Waits until the pipe at standard input has all that it can have: an interpreter that reads its
// program from there starts nothing before. A pipe is full when each of its pages is taken, and a
// writer's pieces need not fill them; but what did not fit into a page and that page are together
// more than one. So it can be full from half of its size on, and is where nothing more comes.
void wait_for_program() {
  const int size = ::fcntl(STDIN_FILENO, F_GETPIPE_SZ);
  int before = 0;
  for (int quiet = 0;;) {
    constexpr int kMilliseconds = 5, kRounds = 20;
    struct pollfd input = {STDIN_FILENO, 0, 0};  // tells only that all writers have closed it
    if (::poll(&input, 1, kMilliseconds) > 0) return;
    int waiting = 0;
    if (::ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0 || waiting + 4096 > size) return;
    quiet = waiting == before ? quiet + 1 : 0;
    if (waiting > size / 2 && quiet == kRounds) return;
    before = waiting;
  }
}

// Waits a little for a request in the pipe at standard input: front ends write it when the process
// has started. It may be no request at all, but a pipe that somebody left open.
void wait_for_request() {
  constexpr int kMilliseconds = 500;
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  (void)::poll(&input, 1, kMilliseconds);
}

// errno of reading from a standard input that is open for writing only: nothing comes from there.
bool is_for_writing(int code) { return code == EBADF; }

// n: what the call that filled `text` returned.
std::string filled(std::string text, ssize_t n) {
  if (n < 0 && !is_for_writing(errno)) throw_errno("read", "standard input");
  text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
  return text;
}

std::string rest_of_file(off_t size, size_t most) {
  const off_t at = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
  if (at < 0 || at >= size) return {};
  std::string text(std::min(static_cast<size_t>(size - at), most), '\0');
  const ssize_t n = ::pread(STDIN_FILENO, text.data(), text.size(), at);
  return filled(std::move(text), n);
}

std::string waiting_in_pipe(size_t most) {
  const sys::Pipe copy = sys::make_pipe();
  const ssize_t copied = ::tee(STDIN_FILENO, copy.write_end.get(), most, SPLICE_F_NONBLOCK);
  // EAGAIN: it is empty, so far.
  if (copied < 0 && errno != EAGAIN && !is_for_writing(errno)) {
    throw_errno("read", "standard input");
  }
  if (copied <= 0) return {};
  std::string text(static_cast<size_t>(copied), '\0');
  const ssize_t n = ::read(copy.read_end.get(), text.data(), text.size());
  return filled(std::move(text), n);
}

}  // namespace

std::string waiting_input(Input input, size_t most) {
  struct stat st = {};
  if (::fstat(STDIN_FILENO, &st) != 0) throw_errno("look at", "standard input");
  if (S_ISREG(st.st_mode)) return rest_of_file(st.st_size, most);
  if (!S_ISFIFO(st.st_mode)) return {};
  if (input == Input::kProgram) wait_for_program();
  if (input == Input::kRequest) wait_for_request();
  return waiting_in_pipe(most);
}

}  // namespace rind
