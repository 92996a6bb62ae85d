#include "common/base/json.h"

#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

TEST_CASE("json: a duplicate key is an error") {
  CHECK(contains(error_of([] { parse_json(R"({"a": 1, "b": {"c": 1, "c": 2}})", "x"); }), "\"c\""));
  CHECK(error_of([] { parse_json(R"({"a": {"c": 1}, "b": {"c": 2}})", "x"); }).empty());
}

TEST_CASE("json: values have the types that the library gives them") {
  for (const char* text :
       {"{}", "[]", " {\"a\" : [ ] }\r\n\t", "0", "-0", "1.5", "1e3", "18446744073709551615",
        "18446744073709551616", "-9223372036854775808", "\"\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\u20AC\\ud83d\\ude00\"",
        "[true, false, null, -1, \"x\", {\"b\": {\"c\": []}}, [[1], 2]]",
        R"({"a": {"b": [1, {"c": 2}], "d": 3}, "e": [], "f": {"g": null}})"}) {
    CAPTURE(text);
    const Json value = parse_json(text, "x"), expected = Json::parse(text);
    // == takes 1 and 1.0 for equal; dump() does not.
    CHECK(value.dump() == expected.dump());
    CHECK(value.type() == expected.type());
  }
}

TEST_CASE("json: nesting is limited") {
  CHECK(
      error_of([] { parse_json(std::string(64, '[') + "1" + std::string(64, ']'), "x"); }).empty());
  CHECK(
      contains(error_of([] { parse_json(std::string(65, '[') + "1" + std::string(65, ']'), "x"); }),
               "nested"));
  CHECK(contains(error_of([] { parse_json(std::string(100, '[') + std::string(100, ']'), "x"); }),
                 "nested"));
}

TEST_CASE("json: a syntax error names the file") {
  CHECK(contains(error_of([] { parse_json("{", "/etc/rind/policy.json"); }),
                 "/etc/rind/policy.json"));
  CHECK_FALSE(error_of([] { parse_json("{} trailing", "x"); }).empty());
  CHECK_FALSE(error_of([] { parse_json("", "x"); }).empty());
}

TEST_CASE("json: a NUL ends no text early") {
  const std::string hidden("{\"a\": 1}\0{\"a\": 2}", 17), at_end("{}\n\0", 4);
  for (const auto& text : {hidden, at_end, std::string("\0", 1), std::string("[1\0]", 4)}) {
    CAPTURE(text);
    CHECK(contains(error_of([&] { parse_json(text, "/etc/rind/policy.json"); }),
                   "/etc/rind/policy.json:"));
  }
}

TEST_CASE("json object: errors name the key path and what was expected") {
  const Json value = parse_json(R"({"a": {"n": -1, "s": 3, "l": ["x", 1]}})", "f");
  JsonObject top(value, "f");
  JsonObject a = top.object("a");
  CHECK(contains(error_of([&] { a.integer("n", 0, 9); }), "a.n"));
  CHECK(contains(error_of([&] { a.integer("n", 0, 9); }), "from 0 to 9"));
  CHECK(contains(error_of([&] { a.string("s"); }), "a.s is 3, expected a string"));
  CHECK(contains(error_of([&] { a.strings("l"); }), "a.l[1] is a number"));
  CHECK(contains(error_of([&] { a.string("gone"); }), "a.gone is missing"));
}

TEST_CASE("json object: a key that nobody asked for is an error") {
  const Json value = parse_json(R"({"known": true, "unknwon": 1})", "f");
  JsonObject top(value, "f");
  top.boolean("known");
  CHECK(contains(error_of([&] { top.finish(); }), "unknwon"));
}

TEST_CASE("json object: NUL in a string is an error") {
  const Json value = parse_json(R"({"s": "a\u0000b", "l": ["\u0000"]})", "f");
  JsonObject top(value, "f");
  CHECK_FALSE(error_of([&] { top.string("s"); }).empty());
  CHECK_FALSE(error_of([&] { top.strings("l"); }).empty());
}

TEST_CASE("error: control characters cannot break the one line") {
  CHECK(std::string(Error("open /a\nb", "x\x1b[2J").what()) == "open /a\\x0ab: x\\x1b[2J");
}
