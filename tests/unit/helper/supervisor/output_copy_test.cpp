#include "helper/supervisor/output_copy.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "tests/unit/support.h"

using namespace rind;

namespace {

// From now on this process's read(2) fails.
bool let_reads_fail(unsigned error) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog filter = {4, program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// What is said of a copy of "text" to a file, in a process whose reads fail with `error`, or work
// where it is 0.
std::string said_of_copy(unsigned error) {
  const test::TemporaryDirectory directory;
  const Fd target = sys::open(AT_FDCWD, directory.write("log", ""), O_RDWR);
  sys::Pipe answer = sys::make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    OutputCopy copy(target.get(), ::getuid(), ::getgid());
    if (::write(copy.pipe(), "text", 4) != 4 || (error != 0 && !let_reads_fail(error))) ::_exit(1);
    copy.writers_ended();
    for (int i = 0; i < 10 && !copy.done(); ++i) copy.move();
    sys::write_all(answer.write_end.get(), test::error_of([&] { copy.require_complete(); }), "");
    ::_exit(copy.done() ? 0 : 1);
  }
  answer.write_end.reset();
  std::string said = sys::read_all(answer.read_end.get(), 4096, "the answer");
  CHECK(sys::wait_for(child) == 0);
  CHECK(sys::read_file(directory.at("log"), 5) == (error == 0 ? "text" : ""));
  return said;
}

}  // namespace

TEST_CASE("output copy: what cannot be read of a step is said") {
  CHECK(said_of_copy(0).empty());
  for (const unsigned error : {EIO, EPERM, ENODATA}) {
    const std::string said = said_of_copy(error);
    CHECK_MESSAGE(said.starts_with("read the step's output: "), said);
  }
}
