#include "helper/plan/environment.h"

#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/support.h"

using namespace rind;

namespace {

// One variable through the default rules; `added`: the front end set it.
EnvironmentDecision decide(const std::string& entry, bool added = false) {
  const Policy policy = test::default_policy();
  return decide_environment(policy.environment, {entry},
                            [&](const auto&, const auto&) { return added; })[0];
}

// Of variables.txt: heading to its entries, each NAME=VALUE.
std::map<std::string, std::vector<std::string>> variables() {
  std::map<std::string, std::vector<std::string>> lists;
  std::ifstream file(RIND_VARIABLES);
  std::string line, heading;
  while (std::getline(file, line)) {
    if (line.rfind("== ", 0) == 0) heading = line.substr(3);
    if (line.empty() || line[0] == '#' || line[0] == '=') continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      lists[heading].push_back(word.find('=') == std::string::npos ? word + "=x" : word);
    }
  }
  return lists;
}

}  // namespace

TEST_CASE("environment: credentials are gone, what builds need is kept, by long lists of names") {
  const auto lists = variables();
  REQUIRE(lists.size() == 3);
  for (const auto& list : lists) {
    const std::string& heading = list.first;
    REQUIRE_MESSAGE(list.second.size() > 20, heading);
    for (const auto& entry : list.second) {
      const EnvironmentDecision decision = decide(entry);
      CHECK_MESSAGE(decision.kept == (heading == "keep"),
                    heading << ": " << entry << " by " << decision.rule);
    }
  }
}

TEST_CASE("environment: a name is a credential in either case of letters, and whoever set it") {
  const auto lists = variables();
  for (std::string entry : lists.at("delete")) {
    CHECK_MESSAGE(!decide(entry, true).kept, entry);
    for (char& c : entry) c = static_cast<char>(std::tolower(c));
    CHECK_MESSAGE(!decide(entry).kept, entry);
  }
}

TEST_CASE("environment: what narrow takes from the container its steps do not have either") {
  const Policy policy =
      test::loaded_with(R"({"narrow": {"environment": ["MYCORP_*", "CFLAGS", "PATH"]}})").policy;
  const auto decide_with = [&](const std::string& entry, bool added) {
    return decide_environment(policy.environment, {entry},
                              [&](const auto&, const auto&) { return added; })[0];
  };
  CHECK_FALSE(decide_with("MYCORP_LICENSE=x", true).kept);
  CHECK_FALSE(decide_with("MYCORP_LICENSE=x", false).kept);
  CHECK_FALSE(decide_with("mycorp_license=x", true).kept);
  CHECK(decide_with("MYCORP_LICENSE=x", true).rule == "narrow.environment MYCORP_*");
  // As for `delete`: what the policy keeps by name stays.
  CHECK(decide_with("CFLAGS=-O2", true).kept);
  CHECK(decide_with("PATH=/bin", true).kept);
}

TEST_CASE("environment: an invalid name goes first, whatever else would keep it") {
  CHECK_FALSE(decide("BASH_FUNC_x%%=() { :; }").kept);
  CHECK_FALSE(decide("_PYPROJECT_HOOKS_A-B=x", true).kept);
  CHECK_FALSE(decide("1A=x").kept);
  CHECK_FALSE(decide("=x").kept);
  CHECK_FALSE(decide("NOVALUE").kept);
}

TEST_CASE("environment: the order of the rules") {
  EnvironmentRules rules;
  rules.always = {"A"};
  rules.keep = {"A", "B"};
  rules.remove = {"A", "B", "C"};
  rules.keep_by_default = false;
  const auto decide_with = [&](const std::string& entry, bool added) {
    return decide_environment(rules, {entry}, [&](const auto&, const auto&) { return added; })[0];
  };
  CHECK(decide_with("A=1", false).kept);
  CHECK(decide_with("B=1", false).kept);
  CHECK_FALSE(decide_with("C=1", true).kept);   // added, but a delete rule names it
  CHECK_FALSE(decide_with("c=1", true).kept);   // in either case of letters
  CHECK_FALSE(decide_with("a=1", false).kept);  // always and keep are exact
  CHECK(decide_with("D=1", true).kept);
  CHECK_FALSE(decide_with("D=1", false).kept);
  rules.keep_by_default = true;
  CHECK(decide_with("D=1", false).kept);
}

TEST_CASE("environment: credentials in a URL") {
  CHECK(has_url_credentials("https://user:pass@host/simple"));
  CHECK(has_url_credentials("https://token@host/simple"));
  CHECK(has_url_credentials("a b https://h/x postgres://u:p@h/db"));
  CHECK(has_url_credentials("--index-url=https://__token__:x@h/"));
  CHECK(has_url_credentials("https://a:p@ss@host/"));
  CHECK_FALSE(has_url_credentials("https://host/a@b"));
  CHECK_FALSE(has_url_credentials("ssh://git@github.com/x"));
  CHECK_FALSE(has_url_credentials("https://host:8080/"));
  CHECK_FALSE(has_url_credentials("me@host"));
  CHECK_FALSE(decide("MY_MIRROR=https://u:p@h/").kept);
  CHECK_FALSE(decide("MY_MIRROR=https://u:p@h/", true).kept);
  CHECK(decide("MY_MIRROR=https://h/").kept);
}

TEST_CASE("environment: what a container's first process loses") {
  using Words = std::vector<std::string>;
  const Words environment = {"PATH=/bin", "API_TOKEN=a=b", "TOKEN=x", "api_token=y", "odd", "A="};
  CHECK(narrowed_environment({}, environment) == environment);
  CHECK(narrowed_environment({"*_TOKEN", "odd"}, environment) ==
        Words{"PATH=/bin", "TOKEN=x", "A="});
  // By name: a value that looks like one is none.
  CHECK(narrowed_environment({"/bin", "a=b", "A=*"}, environment) == environment);
  CHECK(narrowed_environment({"*"}, environment).empty());
}
