#include "common/base/json_scan.h"

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// What the library makes of it; nothing for a fault or a duplicate key.
std::optional<Json> by_library(const std::string& text) {
  std::vector<std::set<std::string>> open;
  bool twice = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
      twice = true;
    return true;
  };
  try {
    Json value = Json::parse(text, watch);
    return twice ? std::nullopt : std::optional(std::move(value));
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

bool same(const Json& a, const Json& b) {
  // == takes 1 and 1.0 for equal, and an unsigned number for a signed one.
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (!a.is_structured()) return a == b;
  for (const auto& [key, value] : a.items()) {
    const Json& other = a.is_array() ? b.at(std::stoul(key)) : b.value(key, Json("none"));
    if (!same(value, other)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("json scan: what programs write is read as the library reads it") {
  for (const char* text :
       {"{}", "[]", " {\"a\" : [ ] }\r\n\t", "0", "18446744073709551615", "-9223372036854775808",
        "\"\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\\u003c\\u00e4\\u20AC\"",
        "\"\xc3\xa9\x7f\"", "[true, false, null, -1, \"x\", {\"b\": {\"c\": []}}]"}) {
    CAPTURE(text);
    const auto scanned = scan_json(text);
    REQUIRE(scanned.has_value());
    CHECK(same(*scanned, *by_library(text)));
  }
}

TEST_CASE("json scan: leaves to the library what it does not understand") {
  const std::string deep(61, '[');
  for (const std::string& text :
       {std::string("1.5"), std::string("1e3"), std::string("-0"),
        std::string("18446744073709551616"), std::string("-9223372036854775809"),
        std::string("\"\\ud83d\\ude00\""), std::string("{\"\\u0061\": 1}"),
        std::string("\xef\xbb\xbf{}"), deep + std::string(61, ']')}) {
    CAPTURE(text);
    CHECK_FALSE(scan_json(text).has_value());
    CHECK(by_library(text).has_value());
    CHECK(same(parse_json(text, "x"), *by_library(text)));
  }
}

TEST_CASE("json scan: takes no text that the library refuses, and reads no other value") {
  const std::string seed =
      R"({"a": [1, -2, true, null, "x\n\u00e4"], "b": {"c": {}, "d": []}, "e": "é", "f": 0})";
  const std::string pieces[] = {
      "{",    "}",         "[",    "]",    ",",    ":",   "\"", "\\", "'",    "0",   "1",
      "-",    ".",         "e",    "E",    "+",    "/",   "#",  " ",  "\n",   "\t",  "a",
      "true", "\"a\": 1,", "\xc3", "\xa9", "\xff", "\\u", "d8", "00", "\x7f", "nul", "\r"};
  std::mt19937 random(16);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  int taken = 0, left = 0;
  for (int i = 0; i < 60000; ++i) {
    std::string text = seed;
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      const size_t at = below(text.size());
      const size_t kind = below(3);
      const std::string& piece = pieces[below(std::size(pieces))];
      if (kind == 0) text.erase(at, 1 + below(4));
      if (kind == 1) text.insert(at, piece);
      if (kind == 2) text.replace(at, 1, piece);
      if (text.empty()) text = "x";
    }
    const auto scanned = scan_json(text);
    // Checked alike where it is not stored.
    CHECK(scanned.has_value() == scan_json(text, {"a", "b.c", "e"}).has_value());
    ++(scanned ? taken : left);
    if (!scanned) continue;
    const auto value = by_library(text);
    if (!value || !same(*scanned, *value)) FAIL_CHECK(text);
  }
  CHECK(taken > 1000);
  CHECK(left > 10000);
}

TEST_CASE("json scan: members that nobody reads are checked, and not stored") {
  const std::string text = R"({"a": {"b": [1], "c": 2}, "d": {"b": 3}, "b": 4})";
  CHECK(*scan_json(text, {"a.b", "d"}) == Json::parse(R"({"a": {"c": 2}, "b": 4})"));
  CHECK(*scan_json(text, {"b"}) == Json::parse(R"({"a": {"b": [1], "c": 2}, "d": {"b": 3}})"));
  // A key at a third level, and in an array's objects, is another key.
  const std::string inner = R"({"x": {"a": {"b": 1}}, "y": [{"a": 1}]})";
  CHECK(*scan_json(inner, {"a", "a.b"}) == Json::parse(inner));
  for (const char* fault : {R"({"a": {"b": 1, "b": 2}})", R"({"a": tru})", R"({"a": "\x"})",
                            R"({"a": 1, "a": 2})", "{\"a\": \"\xff\"}"}) {
    CAPTURE(fault);
    CHECK_FALSE(scan_json(fault, {"a"}).has_value());
    CHECK_FALSE(test::error_of([&] { parse_json(fault, "x"); }).empty());
  }
  std::string many = "{\"a\": {";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\": 0, ";
  CHECK(scan_json(many + "\"k100\": 0}}", {"a"}).has_value());
  CHECK_FALSE(scan_json(many + "\"k7\": 0}}", {"a"}).has_value());
}
