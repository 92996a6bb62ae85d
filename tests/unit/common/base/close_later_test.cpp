// What close_later() leaves to the kernel is closed, and what is closed after an exit not before.
#include "common/base/close_later.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "common/base/sys.h"

namespace rind {
namespace {

constexpr int kPatience = 20'000;  // milliseconds

// Waits until nobody holds the other end any more; false when the time is over.
bool is_left(const Fd& end, int milliseconds) {
  struct pollfd polled = {end.get(), 0, 0};
  return ::poll(&polled, 1, milliseconds) == 1 && (polled.revents & POLLHUP) != 0;
}

std::vector<Fd> only(Fd fd) {
  std::vector<Fd> all;
  all.push_back(std::move(fd));
  return all;
}

}  // namespace

TEST_CASE("descriptors that are left to the kernel are closed") {
  sys::Pipe pipe = sys::make_pipe();
  close_later(only(std::move(pipe.write_end)));
  CHECK(is_left(pipe.read_end, kPatience));
}

TEST_CASE("more descriptors than a message takes are closed, too") {
  sys::Pipe pipe = sys::make_pipe();
  std::vector<Fd> many;
  for (int i = 0; i < 100; ++i) many.emplace_back(::dup(pipe.write_end.get()));
  pipe.write_end.reset();
  close_later(std::move(many));
  CHECK(is_left(pipe.read_end, kPatience));
}

TEST_CASE("descriptors that are left until the exit are closed afterwards") {
  sys::Pipe pipe = sys::make_pipe(), left = sys::make_pipe(), may_end = sys::make_pipe();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    may_end.write_end.reset();
    pipe.read_end.reset();
    close_after_exit(only(std::move(pipe.write_end)));
    left.write_end.reset();
    char byte = 0;
    ::_exit(::read(may_end.read_end.get(), &byte, 1) == 0 ? 0 : 1);
  }
  pipe.write_end.reset();
  left.write_end.reset();
  // The child has left it to its sockets.
  CHECK(is_left(left.read_end, kPatience));
  CHECK_FALSE(is_left(pipe.read_end, 200));
  may_end.read_end.reset();
  may_end.write_end.reset();
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(is_left(pipe.read_end, kPatience));
}

}  // namespace rind
