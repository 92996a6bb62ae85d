#include "common/base/glob.h"

#include <fnmatch.h>

#include <chrono>
#include <random>

#include "tests/unit/support.h"

using rind::glob_match;
using rind::glob_match_path;

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

TEST_CASE("glob: as fnmatch(3), for random patterns and texts") {
  const std::string of_pattern = "aabz*?[]!^\\:.=", of_text = "aab]!^-\\[:.=";
  std::mt19937 random(1);
  const auto word = [&](const std::string& letters, size_t longest) {
    std::string out(random() % (longest + 1), ' ');
    for (char& c : out) c = letters[random() % letters.size()];
    return out;
  };
  size_t matches = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string pattern = word(of_pattern, 7), text = word(of_text, 6);
    const bool expected = ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
    matches += expected ? 1 : 0;
    CAPTURE(pattern);
    CAPTURE(text);
    REQUIRE(glob_match(pattern, text) == expected);
  }
  CHECK(matches > 1000);
}

TEST_CASE("glob: sets and classes") {
  CHECK(glob_match("[[:alpha:]]x[!0-9]", "axb"));
  CHECK_FALSE(glob_match("[[:alpha:]]x[!0-9]", "1xb"));
  CHECK(glob_match("[[:alp\"ha:]]x", "l]x"));  // no name of a class
  CHECK(glob_match("[]x]*[^]]", "]ab"));
  CHECK(glob_match("a[b", "a[b"));
  CHECK(glob_match("[a-c]-[x-]", "b--"));
  CHECK(glob_match("\\*\\[", "*["));
  CHECK(glob_match("*", ""));
  CHECK_FALSE(glob_match("?", ""));
}

TEST_CASE("glob: what follows a NUL is seen by nobody") {
  CHECK(glob_match("fromager", std::string("fromager\0x", 10)));
}

TEST_CASE("glob: a path component by component, as fnmatch(3) without escapes") {
  CHECK(glob_match_path("/dev/dri/*", "/dev/dri/card0"));
  CHECK_FALSE(glob_match_path("/dev/*", "/dev/dri/card0"));
  CHECK_FALSE(glob_match_path("/a/**", "/a/b/c"));
  CHECK(glob_match_path("/a/**/c", "/a/b/c"));
  CHECK(glob_match_path("/a\\*", "/a\\b"));
  CHECK_FALSE(glob_match_path("/*", "/a/"));
  CHECK_FALSE(glob_match_path("/a/*", "/a"));
  const std::string of_pattern = "aab**?[]!\\-", of_text = "aab]\\-[*";
  std::mt19937 random(2);
  const auto word = [&](const std::string& letters) {
    std::string out(random() % 6, ' ');
    for (char& c : out) c = letters[random() % letters.size()];
    return out;
  };
  size_t matches = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string pattern, path;
    bool expected = true;
    for (size_t part = random() % 3 + 1; part > 0; --part) {
      const std::string one = word(of_pattern), other = word(of_text);
      pattern += "/" + one;
      path += "/" + other;
      expected = expected && ::fnmatch(one.c_str(), other.c_str(), FNM_NOESCAPE) == 0;
    }
    matches += expected ? 1 : 0;
    CAPTURE(pattern);
    CAPTURE(path);
    REQUIRE(glob_match_path(pattern, path) == expected);
  }
  CHECK(matches > 1000);
}

// An image writes these; the hook reads them for every container of a host, as root.
TEST_CASE("glob: a text of megabytes is matched in a time that grows with its length alone") {
  using Clock = std::chrono::steady_clock;
  std::string text;
  while (text.size() < 2'000'000) text += "python -m fromage";
  const auto start = Clock::now();
  CHECK_FALSE(glob_match("*python* -m fromager*", text));
  CHECK_FALSE(glob_match("*p*y*t*h*o*n* *-*m*X", text));
  CHECK_FALSE(glob_match("*[a-p]*[y]*[t]*[h]*?X?*", text));
  // fnmatch(3) takes hours for it.
  CHECK_FALSE(glob_match_path("/a*a*a*a*a*a*a*a*a*a*b", "/" + std::string(5'000, 'a')));
  CHECK(Clock::now() - start < std::chrono::seconds(10));
}
