#include "common/base/json_text.h"

#include <nlohmann/json.hpp>
#include <random>

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using rind::test::contains;
using rind::test::error_of;

namespace {

// "LINE:COLUMN WHY; REMEDY", or "" for a text without faults.
std::string fault_in(const std::string& text) {
  const auto fault = find_json_fault(text);
  if (!fault) return {};
  CHECK_FALSE(fault->remedy.empty());
  return to_string(fault->at) + " " + fault->why + "; " + fault->remedy;
}

bool library_accepts(const std::string& text) {
  std::vector<std::set<std::string>> open;
  bool twice = false;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key && !open.back().insert(parsed.get<std::string>()).second) twice = true;
    return true;
  };
  try {
    const auto unused = nlohmann::json::parse(text, watch);
    return !twice;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE("json text: what people write is named in plain words, at its place") {
  struct Case {
    const char* text;
    const char* at;
    const char* words;
  };
  const Case cases[] = {
      {"{\n  \"a\": 1,\n  // why\n  \"b\": 2\n}", "3:3 ", "JSON has no comments"},
      {"{\"a\": 1} # end", "1:10 ", "JSON has no comments"},
      {"/* head */ {}", "1:1 ", "JSON has no comments"},
      {"{\"a\": /* x */ 1}", "1:7 ", "JSON has no comments"},
      {"{\n  \"a\": [1, 2,],\n}", "2:13 ", "a comma before ]"},
      {"{\n  \"a\": 1,\n}\n", "2:9 ", "a comma before }"},
      {"{\"a\": 1\n \"b\": 2}", "2:2 ",
       "a comma is missing before this, after the value that ends "
       "in line 1, column 7"},
      {"[\"a\" \"b\"]", "1:6 ", "a comma is missing"},
      {"{'a': 1}", "1:2 ", "single quotes"},
      {"{\"a\": 'x'}", "1:7 ", "single quotes"},
      {"{a: 1}", "1:2 ", "the key a has no quotes; write \"a\""},
      {"{\"a\": ro}", "1:7 ", "the word ro has no quotes; write \"ro\""},
      {"{\"a\": True}", "1:7 ", "JSON has no word True; write true"},
      {"{\"a\": yes}", "1:7 ", "write true"},
      {"{\"a\": None}", "1:7 ", "write null"},
      {"{\"a\": NaN}", "1:7 ", "no number NaN"},
      {"{\"a\": 1G}", "1:7 ", "letters (G) follow the number"},
      {"{\"a\": 0x10}", "1:7 ", "letters (x10)"},
      {"{\"a\": 1_000}", "1:7 ", "without _"},
      {"{\"a\": 0600}", "1:7 ", "begins with 0"},
      {"{\"a\": +1}", "1:7 ", "plus sign"},
      {"{\"a\": .5}", "1:7 ", "before its point"},
      {"{\"a\": 1.}", "1:7 ", "not complete"},
      {"{\"a\" 1}", "1:6 ", "no colon after the key \"a\""},
      {"{\"a\" = 1}", "1:6 ", "= after the key"},
      {"{\"a\": 1; \"b\": 2}", "1:8 ", "semicolon"},
      {"{\"a\": }", "1:7 ", "a value is missing"},
      {"{\"a\":, \"b\": 1}", "1:6 ", "a value is missing"},
      {"{\"a\": 1,, \"b\": 1}", "1:9 ", "a comma too many"},
      {"{\"a\": \"x\ty\"}", "1:9 ", "a tab inside a string"},
      {"{\"a\": \"x\ny\"}", "1:7 ", "no closing quote on its line"},
      {"{\"a\": \"x\x01\"}", "1:9 ", "control character"},
      {"{\"a\": \"C:\\dir\"}", "1:10 ", "a backslash that begins no escape"},
      {"{\"a\": \"\\u12\"}", "1:8 ", "four hexadecimal digits"},
      {"{\"a\": \"\\ud800\"}", "1:8 ", "half of a pair"},
      {"{\"a\": \"\xff\"}", "1:8 ", "not UTF-8"},
      {"{\"a\": \xe2\x80\x9cx\xe2\x80\x9d}", "1:7 ", "typographic quote"},
      {"{\xc2\xa0\"a\": 1}", "1:2 ", "no plain space"},
      {"\xff\xfe{\0}\0", "1:1 ", "UTF-16"},
      {"", "1:1 ", "it is empty; write at least {}"},
      {" \n\n", "3:1 ", "it is empty"},
      {"{\n  \"a\": {\n", "3:1 ", "the { of line 2, column 8 is not closed; add }"},
      {"[1, 2", "1:6 ", "the [ of line 1, column 1 is not closed; add ]"},
      {"{\"a\": [1}", "1:9 ", "this } closes the [ of line 1, column 7; write ]"},
      {"{\"a\": \"x", "1:7 ", "no closing quote"},
      {"{} {}", "1:4 ", "a second JSON value"},
      {"{}}", "1:3 ", "this } closes nothing"},
      {"{} x", "1:4 ", "more after the end"},
      {"{\"a\": 1,\n \"b\": {\"c\": 1,\n  \"c\": 2}}", "3:3 ",
       "the key \"c\" is there twice, first in line 2, column 8"},
      {"{\"\xc3\xa4\": 1, b: 2}", "1:10 ", "the key b"},
  };
  for (const auto& c : cases) {
    const std::string found = fault_in(c.text);
    CHECK_MESSAGE(found.starts_with(c.at), c.text, " gives ", found);
    CHECK_MESSAGE(contains(found, c.words), c.text, " gives ", found);
    CHECK_MESSAGE(!library_accepts(c.text), c.text);
    const std::string error = error_of([&] { parse_json(c.text, "/etc/x.json"); });
    CHECK_MESSAGE(contains(error, "/etc/x.json:" + std::string(c.at, std::strlen(c.at) - 1) + ":"),
                  error);
  }
}

TEST_CASE("json text: a byte order mark of UTF-8 and carriage returns are no fault") {
  CHECK(fault_in("\xef\xbb\xbf{\r\n\"a\": 1\r\n}").empty());
  CHECK(parse_json("\xef\xbb\xbf{\"a\": 1}", "x").at("a") == 1);
  CHECK(fault_in("\xef\xbb\xbf{x").starts_with("1:2 "));
}

TEST_CASE("json text: the place of a key, and of the nearest object around a missing one") {
  const std::string text =
      "{\n  \"a\": {\"b\": [1, {\"c\": 2}]},\n  \"d\": {\"b\": 3, \"\\u00e4\": 4}\n}";
  const auto place = [&](const std::vector<std::string>& keys) {
    const JsonPlace found = find_in_json(text, keys);
    return to_string(found.at) + " " + std::to_string(found.found);
  };
  CHECK(place({}) == "1:1 0");
  CHECK(place({"a"}) == "2:3 1");
  CHECK(place({"a", "b"}) == "2:9 2");
  CHECK(place({"a", "b", "1"}) == "2:18 3");
  CHECK(place({"a", "b", "1", "c"}) == "2:19 4");
  CHECK(place({"a", "x"}) == "2:3 1");
  CHECK(place({"a", "b", "7"}) == "2:9 2");
  CHECK(place({"d", "b"}) == "3:9 2");
  CHECK(place({"d", "\xc3\xa4"}) == "3:17 2");
  CHECK(place({"d", "c"}) == "3:3 1");
  CHECK(place({"b"}) == "1:1 0");
}

// What the parser refuses has a place and words; what it takes has none.
TEST_CASE("json text: finds a fault exactly where the parser refuses the text") {
  const std::string seed =
      R"({"a": [1, -2.5e3, true, null, "x\n\u00e4"], "b": {"c": {}, "d": []}, "e": "é", "f": 0})";
  const std::string pieces[] = {
      "{",    "}",         "[",    "]",    ",",    ":",   "\"", "\\", "'",    "0",   "1",
      "-",    ".",         "e",    "E",    "+",    "/",   "#",  " ",  "\n",   "\t",  "a",
      "true", "\"a\": 1,", "\xc3", "\xa9", "\xff", "\\u", "d8", "00", "\x7f", "nul", "\r"};
  std::mt19937 random(15);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  int refused = 0, accepted = 0;
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
    const bool takes = library_accepts(text);
    ++(takes ? accepted : refused);
    const auto fault = find_json_fault(text);
    if (takes == fault.has_value()) {
      FAIL_CHECK(text << " is " << (takes ? "taken" : "refused") << " by the parser; "
                      << (fault ? fault->why : "no fault found"));
    }
  }
  CHECK(refused > 10000);
  CHECK(accepted > 1000);
}

TEST_CASE("json error: what was probably meant") {
  const std::vector<std::string> known = {"hide",   "views",       "network", "limits",
                                          "leases", "environment", "devices"};
  CHECK(similar_word("hidden", known) == "hide");
  CHECK(similar_word("veiws", known) == "views");
  CHECK(similar_word("Views", known) == "views");
  CHECK(similar_word("limit", known) == "limits");
  CHECK(similar_word("env", known) == "environment");
  CHECK(similar_word("netwrok", known) == "network");
  CHECK(similar_word("xyz", known).empty());
  CHECK(similar_word("", known).empty());
  CHECK(similar_word("wall-clock-seconds", {"wall_clock_seconds"}) == "wall_clock_seconds");
}
