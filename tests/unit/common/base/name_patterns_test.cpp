#include "common/base/name_patterns.h"

#include <random>

#include "common/base/glob.h"
#include "tests/unit/support.h"

using rind::glob_match;
using rind::NamePatterns;

TEST_CASE("name patterns: the first that glob_match matches, for random patterns and names") {
  std::mt19937 random(3);
  const auto word = [&](const std::string& letters, size_t longest) {
    std::string out(random() % (longest + 1), ' ');
    for (char& c : out) c = letters[random() % letters.size()];
    return out;
  };
  size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> patterns(random() % 6);
    for (auto& pattern : patterns) {
      // Asterisks at the ends, as policies have them; sometimes elsewhere.
      pattern = word(random() % 4 == 0 ? "abA*?[]\\" : "abA", 4);
      if (random() % 2 == 0) pattern = std::string("*").append(pattern);
      if (random() % 2 == 0) pattern.append("*");
    }
    const std::string name = word("abAB", 5);
    const bool ignore_case = random() % 2 == 0;
    const std::string* expected = nullptr;
    for (const auto& pattern : patterns) {
      if (expected == nullptr && glob_match(pattern, name, ignore_case)) expected = &pattern;
    }
    CAPTURE(name);
    const NamePatterns prepared(patterns, ignore_case);
    REQUIRE(prepared.first_match(name) == expected);
    found += expected != nullptr ? 1 : 0;
  }
  CHECK(found > 5000);
}

TEST_CASE("name patterns: the order of the list decides, not the kind of the pattern") {
  const std::vector<std::string> patterns = {"*_TOKEN_*", "MY_*", "MY_TOKEN_X", "*_X"};
  const NamePatterns prepared(patterns, true);
  CHECK(prepared.first_match("my_token_x") == &patterns[0]);
  CHECK(prepared.first_match("MY_X") == &patterns[1]);
  CHECK(prepared.first_match("YOUR_X") == &patterns[3]);
  CHECK(prepared.first_match("OTHER") == nullptr);
}
