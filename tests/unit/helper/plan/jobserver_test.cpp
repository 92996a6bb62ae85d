#include "helper/plan/jobserver.h"

#include "tests/unit/support.h"

using rind::without_jobserver;

TEST_CASE("jobserver: its options are cut, and -jN stays") {
  const auto flags = [](const std::string& value) {
    return without_jobserver("MAKEFLAGS", value, 6);
  };
  CHECK(flags(" -j4 --jobserver-auth=fifo:/tmp/GMfifo51 -j2") == " -j4 -j2");
  CHECK(flags(" -j4 --jobserver-auth=3,4") == " -j4");
  CHECK(flags("kw -j4 --jobserver-auth=3,4 -- CC=gcc") == "kw -j4 -- CC=gcc");
  CHECK(flags("w -j8 -Otarget --sync-mutex=fnm:/tmp/GmXY --jobserver-auth=3,4 -l4") ==
        "w -j8 -Otarget -l4");
  CHECK(flags(R"(-j2 --jobserver-auth=fifo:/tmp/a\ b/f -k)") == "-j2 -k");
  CHECK(flags("--jobserver-style=fifo -j2") == " -j2");
  // Make 4.1 and older, and cargo.
  CHECK(flags(" --jobserver-fds=3,4 -j") == " -j6");
  CHECK(without_jobserver("CARGO_MAKEFLAGS", "-j --jobserver-fds=8,9 --jobserver-auth=8,9", 6) ==
        "-j6");
  for (const char* name : {"MFLAGS", "GNUMAKEFLAGS", "CARGO_MAKEFLAGS"}) {
    CHECK(without_jobserver(name, "-j3 --jobserver-auth=3,4", 6) == "-j3");
  }
}

TEST_CASE("jobserver: what names none is unchanged") {
  const auto flags = [](const std::string& value) {
    return without_jobserver("MAKEFLAGS", value, 6);
  };
  for (const char* same :
       {"", "-j", "-j4", " -j4  -l 2 ", "--jobserver-authority=1", "--no-print-directory -k",
        "-j4 -- ARGS=--jobserver-auth=3,4", "-j4 -- --jobserver-auth=3,4"}) {
    CHECK(flags(same) == same);
  }
  CHECK(without_jobserver("CFLAGS", "--jobserver-auth=3,4", 6) == "--jobserver-auth=3,4");
}
