#include "common/base/json_skip.h"

#include "tests/unit/support.h"

using namespace rind;

namespace {

std::string without(const std::string& text) {
  return without_json_value(text, {"linux", "seccomp"});
}

}  // namespace

TEST_CASE("json_skip: the value that the keys lead to becomes null, and nothing else changes") {
  CHECK(without(R"({"linux":{"seccomp":{"a":[1,{"b":"}"}]}},"z":1})") ==
        R"({"linux":{"seccomp":null},"z":1})");
  CHECK(without(R"({"a":{"seccomp":1},"linux":{"x":[{}],"seccomp": "\"}" , "y":2}})") ==
        R"({"a":{"seccomp":1},"linux":{"x":[{}],"seccomp": null , "y":2}})");
  CHECK(without("{\n \"linux\" :\t{ \"seccomp\" :\n true } }") ==
        "{\n \"linux\" :\t{ \"seccomp\" :\n null } }");
  CHECK(without(R"({"linux":{"seccomp":-1.5e3}})") == R"({"linux":{"seccomp":null}})");
  CHECK(without(R"({"a\\":"\\","linux":{"seccomp":["\\\"",[[]]]}})") ==
        R"({"a\\":"\\","linux":{"seccomp":null}})");
}

TEST_CASE("json_skip: a text without the value, or with a fault before it, stays as it is") {
  for (const std::string text :
       {"", "{", "{}", "[]", "null", "\"linux\"", R"({"linux":null})", R"({"linux":{}})",
        R"({"seccomp":{"a":1}})", R"({"linux":[{"seccomp":1}]})",
        R"({"a":{"linux":{"seccomp":1}}})", R"({"linux" {"seccomp":1}})",
        R"({"a":1 "linux":{"seccomp":1}})", R"({"linux)", R"({"a\)",
        R"({"\u006cinux":{"seccomp":1}})", R"({linux:{"seccomp":1}})"}) {
    CAPTURE(text);
    CHECK(without(text) == text);
  }
}

TEST_CASE("json_skip: a value without an end goes on to the text's end") {
  CHECK(without(R"({"linux":{"seccomp":{"a":[1)") == R"({"linux":{"seccomp":null)");
  CHECK(without(R"({"linux":{"seccomp":"a)") == R"({"linux":{"seccomp":null)");
  CHECK(without(R"({"linux":{"seccomp":)") == R"({"linux":{"seccomp":null)");
}
