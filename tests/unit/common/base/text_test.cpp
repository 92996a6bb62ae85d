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

TEST_CASE("text: a word of a shell") {
  CHECK(shell_word("/a/b-1.0") == "/a/b-1.0");
  CHECK(shell_word("").size() == 2);
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("$(id); `id`") == "'$(id); `id`'");
  CHECK(shell_word("it's") == "'it'\"'\"'s'");
}
