#include "common/base/text.h"

#include "tests/unit/support.h"

using namespace rind;
using Parts = std::vector<std::string>;

TEST_CASE("text: split keeps empty parts") {
  CHECK(split("a:b", ':') == Parts{"a", "b"});
  CHECK(split(":a:", ':') == Parts{"", "a", ""});
  CHECK(split("", ':') == Parts{""});
}

TEST_CASE("text: parent and name") {
  CHECK(parent_of("/a/b") == "/a");
  CHECK(parent_of("/a") == "/");
  CHECK(base_name("/a/b") == "b");
  CHECK(base_name("b") == "b");
}
