#include "common/base/sys.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "tests/unit/support.h"

using namespace rind;

namespace {

// In a process of its own, in which the streams of the mask are closed: what is wrong afterwards, a
// bit a stream.
int wrong_streams(unsigned closed) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    int wrong = 0;
    for (int stream = 0; stream < 3; ++stream) {
      if ((closed & 1U << stream) != 0) ::close(stream);
    }
    sys::fill_standard_streams();
    for (int stream = 0; stream < 3; ++stream) {
      struct stat st = {};
      const bool open = ::fstat(stream, &st) == 0;
      const bool null = open && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
      const bool ends = open && ::fcntl(stream, F_GETFD) == FD_CLOEXEC;
      const bool was_closed = (closed & 1U << stream) != 0;
      if (was_closed ? !null || !ends : !open || ends) wrong |= 1 << stream;
    }
    // The next file is no standard stream.
    if (::open("/", O_RDONLY) < 3) wrong |= 8;
    ::_exit(wrong);
  }
  const int status = sys::wait_for(pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("sys: closed standard streams become /dev/null, and are closed again in a new program") {
  for (unsigned closed = 0; closed < 8; ++closed) {
    INFO(closed);
    CHECK(wrong_streams(closed) == 0);
  }
}

TEST_CASE("sys: a directory that was removed has no entries") {
  const test::TemporaryDirectory top;
  const std::string path = top.at("removed");
  sys::make_directory(AT_FDCWD, path, 0755);
  const Fd directory = sys::open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  REQUIRE(::rmdir(path.c_str()) == 0);
  bool found = false;
  sys::for_each_entry(directory.get(), path, [&](const dirent&) { return found = true; });
  CHECK_FALSE(found);
}

TEST_CASE("sys: a closed standard stream that cannot be filled ends the process") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::close(STDIN_FILENO);
    const struct rlimit none = {0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    sys::fill_standard_streams();
    ::_exit(0);
  }
  const int status = sys::wait_for(pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 125);
}
