#include "common/base/glob.h"
#include "tests/unit/support.h"

using rind::glob_can_match;

TEST_CASE("glob: whether a pattern can match a text of some characters") {
  const std::string letters = "abc-";
  CHECK(glob_can_match("", letters));
  CHECK(glob_can_match("a*[!a]?", letters));
  CHECK(glob_can_match("[xyzc]", letters));
  CHECK(glob_can_match("\\a", letters));
  CHECK_FALSE(glob_can_match("a b", letters));
  CHECK_FALSE(glob_can_match("*>=*", letters));
  CHECK_FALSE(glob_can_match("[xyz]", letters));
  CHECK_FALSE(glob_can_match("a\\*", letters));
}
