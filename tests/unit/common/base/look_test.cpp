#include "common/base/look.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("look: only what the kernel says about a path is an answer") {
  for (const int answer : {ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, ENXIO, EROFS, ENODATA}) {
    CHECK_FALSE(sys::is_no_answer(answer));
  }
  for (const int none : {ENOMEM, EMFILE, ENFILE, EINTR, EIO, EPERM, ENOSYS, ENOSPC, ESTALE}) {
    CHECK(sys::is_no_answer(none));
  }
}

TEST_CASE("look: what is there, and what is not") {
  struct stat st = {};
  CHECK(sys::try_stat("/", st));
  CHECK(S_ISDIR(st.st_mode));
  CHECK_FALSE(sys::try_stat("/nowhere/at/all", st));
  CHECK_FALSE(sys::try_lstat("/dev/null/below-a-file", st));
  CHECK(sys::try_lstat("/proc/self", st));
  CHECK(S_ISLNK(st.st_mode));
  const Fd dev = sys::open(AT_FDCWD, "/dev", O_PATH | O_DIRECTORY);
  CHECK(sys::try_lstat(dev.get(), "null", st));
  CHECK_FALSE(sys::try_lstat(dev.get(), "nowhere", st));
  CHECK(sys::may_access("/dev/null", R_OK | W_OK));
  CHECK_FALSE(sys::may_access("/nowhere", F_OK));
  CHECK_FALSE(sys::may_access("/proc/self", W_OK));  // EPERM, and still an answer
  CHECK(sys::open_if_any(AT_FDCWD, "/dev/null", O_RDONLY));
  CHECK_FALSE(sys::open_if_any(AT_FDCWD, "/nowhere", O_RDONLY));
  CHECK_FALSE(sys::open_if_any(AT_FDCWD, "/proc/self", O_PATH | O_NOFOLLOW | O_DIRECTORY));
}

TEST_CASE("look: too many open files is no answer") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const struct rlimit none = {0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    int code = 0;
    try {
      sys::open_if_any(AT_FDCWD, "/dev/null", O_RDONLY);
    } catch (const SysError& e) {
      code = e.code();
    }
    ::_exit(code == EMFILE ? 0 : 1);
  }
  CHECK(sys::wait_for(pid) == 0);
}
