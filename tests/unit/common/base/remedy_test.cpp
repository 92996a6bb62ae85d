#include "common/base/remedy.h"

#include <cerrno>
#include <stdexcept>

#include "common/base/error.h"
#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("remedy: every error that is printed has one") {
  CHECK(with_remedy(Error("a", "b", "c"), "look") == "a: b; c");
  CHECK(with_remedy(Error("a", "b"), "look") == "a: b; look");
  CHECK(with_remedy(std::runtime_error("x"), "look") == "x; look");
  CHECK(test::contains(with_remedy(SysError("write", "/x", ENOSPC), "look"), "; make room"));
  for (int code = 1; code < 134; ++code) {
    const std::string line = with_remedy(SysError("open", "/x", code), "look");
    CHECK(line.find("; ") != std::string::npos);
    CHECK_FALSE(line.ends_with("; "));
  }
}
