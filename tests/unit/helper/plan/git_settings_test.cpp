// The settings that git gets in a step, beside those of the front end.
#include "helper/plan/git_settings.h"

#include <algorithm>

#include "tests/unit/support.h"

using namespace rind;

namespace {

using Entries = std::vector<std::string>;

// The settings in `environment` after ours were added, without ours.
Entries kept_of(Entries environment) {
  add_git_settings(environment);
  CHECK(std::count(environment.begin(), environment.end(), "GIT_CONFIG_COUNT=3") <= 1);
  std::sort(environment.begin(), environment.end());
  return environment;
}

bool has(const Entries& entries, const std::string& entry) {
  return std::find(entries.begin(), entries.end(), entry) != entries.end();
}

}  // namespace

TEST_CASE("git settings: alone") {
  const Entries entries = kept_of({"A=1"});
  CHECK(entries.size() == 8);
  CHECK(has(entries, "A=1"));
  CHECK(has(entries, "GIT_CONFIG_COUNT=3"));
  CHECK(has(entries, "GIT_CONFIG_KEY_0=safe.directory"));
  CHECK(has(entries, "GIT_CONFIG_VALUE_0=*"));
  CHECK(has(entries, "GIT_CONFIG_KEY_2=core.trustctime"));
  CHECK(has(entries, "GIT_CONFIG_VALUE_2=false"));
}

TEST_CASE("git settings: as a file") {
  CHECK(git_settings_file() ==
        "[safe]\n\tdirectory = \"*\"\n[core]\n\tcheckStat = \"minimal\"\n\ttrustctime = "
        "\"false\"\n");
}

TEST_CASE("git settings: after the front end's, and without their gaps") {
  const Entries entries =
      kept_of({"GIT_CONFIG_COUNT=3", "GIT_CONFIG_KEY_0=http.extraHeader",
               "GIT_CONFIG_KEY_1=user.name", "GIT_CONFIG_VALUE_1=a=b", "GIT_CONFIG_VALUE_2=x"});
  CHECK(has(entries, "GIT_CONFIG_COUNT=4"));
  CHECK(has(entries, "GIT_CONFIG_KEY_0=user.name"));
  CHECK(has(entries, "GIT_CONFIG_VALUE_0=a=b"));
  CHECK(has(entries, "GIT_CONFIG_KEY_1=safe.directory"));
  CHECK(entries.size() == 9);
}

TEST_CASE("git settings: a count that git would refuse") {
  for (const char* count : {"", "-1", "x", "99999", "1 "}) {
    CAPTURE(count);
    CHECK(has(kept_of({std::string("GIT_CONFIG_COUNT=") + count}), "GIT_CONFIG_COUNT=3"));
  }
}
