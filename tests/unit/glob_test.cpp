#include "common/glob.h"

#include "tests/unit/support.h"

using rind::glob_match;

TEST_CASE("glob: wildcards match a whole name") {
  CHECK(glob_match("*TOKEN*", "MY_TOKEN_2"));
  CHECK(glob_match("python3*", "python3.13"));
  CHECK_FALSE(glob_match("python3*", "xpython3"));
  CHECK_FALSE(glob_match("TOKEN", "TOKENS"));
  CHECK(glob_match("*/fromager *", "/opt/app-root/bin/fromager build x"));
}

TEST_CASE("glob: case is folded only when asked") {
  CHECK(glob_match("*_key", "MY_KEY", true));
  CHECK_FALSE(glob_match("*_key", "MY_KEY"));
}
