#include "common/kit/find_seams.h"

#include <fcntl.h>

#include <algorithm>

#include "common/base/sys.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

bool has(const std::vector<std::string>& patterns, const std::string& pattern) {
  return std::find(patterns.begin(), patterns.end(), pattern) != patterns.end();
}

// A rootfs with files of which only the names matter.
struct Rootfs : test::TemporaryDirectory {
  void add(const std::string& file) const { write(file.substr(1), ""); }
  Root root() const { return Root(sys::open(AT_FDCWD, path(), O_PATH | O_DIRECTORY)); }
};

// How a search of `rootfs` ends: the number of scripts, -1 where it is incomplete, -2 for any other
// error.
int found_in(const Rootfs& rootfs, const SeamRules& rules, SearchTime time) {
  try {
    return static_cast<int>(
        find_scripts(rootfs.root(), rules, rules.script_directories, time).size());
  } catch (const SearchIncomplete&) {
    return -1;
  } catch (const Error&) {
    return -2;
  }
}

SeamRules rules_for(const std::vector<std::string>& directories, uint64_t entries) {
  SeamRules rules;
  rules.script_file = "script";
  rules.script_directories = directories;
  rules.search_entries = entries;
  rules.search_milliseconds = 60'000;
  return rules;
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

TEST_CASE("search: names that do not match are counted, twenty for one") {
  const Rootfs rootfs;
  for (int i = 0; i < 300; ++i) rootfs.add("/a/other" + std::to_string(i));
  rootfs.add("/a/match/script");
  for (const SearchTime time : {SearchTime::kUnlimited, SearchTime::kUntilFirstFound}) {
    SeamRules rules = rules_for({"/a/m*"}, 16);
    CHECK(found_in(rootfs, rules, time) == 1);
    rules.search_entries = 15;
    CHECK(found_in(rootfs, rules, time) == -1);
  }
}

TEST_CASE("search: a limit after a script was found is no doubt, but an error") {
  const Rootfs rootfs;
  rootfs.add("/a/script");
  for (int i = 0; i < 30; ++i) rootfs.add("/b/d" + std::to_string(i) + "/script");
  CHECK(found_in(rootfs, rules_for({"/a", "/b/*"}, 100), SearchTime::kUnlimited) == 31);
  CHECK(found_in(rootfs, rules_for({"/a", "/b/*"}, 20), SearchTime::kUnlimited) == -2);
  CHECK(found_in(rootfs, rules_for({"/b/*", "/a"}, 20), SearchTime::kUnlimited) == -1);
}

TEST_CASE("search: the clock ends only a search that has found nothing, and that nothing needs") {
  const Rootfs rootfs;
  rootfs.add("/a/script");
  rootfs.add("/b/script");
  SeamRules rules = rules_for({"/none", "/a", "/b"}, 100);
  rules.search_milliseconds = 0;
  // The clock has run out before anything is looked at.
  CHECK(found_in(rootfs, rules, SearchTime::kUntilFirstFound) == -1);
  CHECK(found_in(rootfs, rules, SearchTime::kUnlimited) == 2);
}

TEST_CASE("search: what is at a script's place and cannot be covered is an error, not a doubt") {
  const Rootfs rootfs;
  rootfs.add("/a/script/directory");
  CHECK(found_in(rootfs, rules_for({"/a"}, 100), SearchTime::kUntilFirstFound) == -2);
}
