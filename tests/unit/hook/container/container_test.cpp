#include "hook/container/container.h"

#include "tests/unit/support.h"

using namespace rind::hook;

TEST_CASE("container: a process that is ending, by /proc/PID/stat") {
  // PF_EXITING is 4; 4194560 is what a process has in everyday life.
  CHECK_FALSE(is_exiting("42 (sh) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 5 0 0"));
  CHECK(is_exiting("42 (sh) R 1 42 42 0 -1 4194564 1 0 0 0 0 0 0 0 20 0 1 0 5 0 0"));
  CHECK(is_exiting("42 (sh) Z 1 42 42 0 -1 4228364 1 0 0 0 0 0 0 0 20 0 1 0 5 0 0"));
  // Names are a process's own choice.
  CHECK_FALSE(is_exiting("42 (a) Z 1 1 1 0 -1 4) S 1 42 42 0 -1 4194560 1 0 0 0 0 0"));
  CHECK(is_exiting("42 (\n) S (x) R 1 42 42 0 -1 4194564 1 0 0 0 0 0"));
  CHECK_FALSE(is_exiting(""));
  CHECK_FALSE(is_exiting("42 (sh) S"));
}
