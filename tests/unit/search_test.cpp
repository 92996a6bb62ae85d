#include "common/search.h"

#include <algorithm>

#include "tests/unit/support.h"

using namespace rind;

namespace {

bool has(const std::vector<std::string>& patterns, const std::string& pattern) {
  return std::find(patterns.begin(), patterns.end(), pattern) != patterns.end();
}

}  // namespace

TEST_CASE("search: the prefixes that PATH and VIRTUAL_ENV name") {
  const SeamRules rules = test::default_policy().seams;
  const auto patterns = search_patterns(
      rules, {"PATH=/a/b/bin:/usr/bin::relative/bin:/sbin:/bin", "VIRTUAL_ENV=/v"}, {});
  CHECK(has(patterns, "/a/b/lib/python3*/site-packages"));
  CHECK(has(patterns, "/v/lib64/python3*/site-packages"));
  CHECK_FALSE(has(patterns, "relative/lib/python3*/site-packages"));
  // Once each, though /usr is among the directories already.
  CHECK(std::count(patterns.begin(), patterns.end(), "/usr/lib/python3*/site-packages") == 1);
}

TEST_CASE("search: an image cannot widen it by wildcards") {
  const SeamRules rules = test::default_policy().seams;
  const auto patterns = search_patterns(rules, {"VIRTUAL_ENV=/*/*/*/*"}, {"/*/bin/x"});
  CHECK(patterns == rules.script_directories);
}

TEST_CASE("search: an image's variables make no more patterns than the search may try") {
  SeamRules rules = test::default_policy().seams;
  rules.search_entries = 1000;
  std::string path = "PATH=/usr/bin";
  for (int i = 0; i < 5000; ++i) path += ":/p" + std::to_string(i) + "/bin";
  const auto patterns = search_patterns(rules, {path}, {});
  CHECK(patterns.size() > 1000);  // the search refuses
  CHECK(patterns.size() < 1010);
}

TEST_CASE("search: the policy can leave the environment out") {
  SeamRules rules = test::default_policy().seams;
  rules.environment_prefixes = false;
  CHECK(search_patterns(rules, {"VIRTUAL_ENV=/v"}, {"/w/bin/x"}) == rules.script_directories);
}

TEST_CASE("search: the prefix of the program that the container runs") {
  const SeamRules rules = test::default_policy().seams;
  CHECK(has(search_patterns(rules, {}, {"/srv/venv/bin/fromager", "build"}),
            "/srv/venv/lib/python3*/site-packages"));
  CHECK(has(search_patterns(rules, {}, {"bash", "/srv/venv/bin/fromager"}),
            "/srv/venv/lib/python3*/site-packages"));
  CHECK(search_patterns(rules, {}, {"bin/fromager", "/fromager"}) == rules.script_directories);
}
