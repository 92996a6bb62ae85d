#include "helper/plan/environment.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/support.h"

using namespace rind;

namespace {

using Origin = VariableOrigin;

// One variable through the default rules.
EnvironmentDecision decide(const std::string& entry, Origin origin = Origin::kContainer) {
  const Policy policy = test::default_policy();
  return decide_environment(policy.environment, {entry},
                            [&](const auto&, const auto&) { return origin; })[0];
}

constexpr Origin kOrigins[] = {Origin::kContainer, Origin::kFrontEnd, Origin::kStep};

// Of variables.txt: heading to its lines.
std::map<std::string, std::vector<std::string>> lines_of_variables() {
  std::map<std::string, std::vector<std::string>> lists;
  std::ifstream file(RIND_VARIABLES);
  std::string line, heading;
  while (std::getline(file, line)) {
    if (line.rfind("== ", 0) == 0) heading = line.substr(3);
    if (line.empty() || line[0] == '#' || line[0] == '=') continue;
    lists[heading].push_back(line);
  }
  return lists;
}

// The entries of `heading`, each NAME=VALUE.
std::vector<std::string> variables(const std::string& heading) {
  std::vector<std::string> entries;
  const auto lists = lines_of_variables();
  for (const auto& line : lists.at(heading)) {
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      entries.push_back(word.find('=') == std::string::npos ? word + "=x" : word);
    }
  }
  return entries;
}

}  // namespace

TEST_CASE(
    "environment: credentials are gone, whoever set them, by long lists of names and values") {
  const auto entries = variables("credentials");
  REQUIRE(entries.size() > 250);
  for (std::string entry : entries) {
    for (const Origin origin : kOrigins) {
      const auto decision = decide(entry, origin);
      CHECK_MESSAGE(!decision.kept, entry << " by " << decision.rule);
    }
    const size_t equals = entry.find('=');
    if (entry.substr(equals) != "=x") continue;
    for (size_t i = 0; i < equals; ++i) entry[i] = static_cast<char>(std::tolower(entry[i]));
    CHECK_MESSAGE(!decide(entry).kept, entry);
  }
}

TEST_CASE(
    "environment: names that look like credentials are kept where they are set for the step") {
  const auto entries = variables("suspects");
  REQUIRE(entries.size() > 60);
  for (const auto& entry : entries) {
    CHECK_MESSAGE(!decide(entry, Origin::kContainer).kept, entry);
    CHECK_MESSAGE(!decide(entry, Origin::kFrontEnd).kept, entry);
    const auto decision = decide(entry, Origin::kStep);
    CHECK_MESSAGE(decision.kept, entry << " by " << decision.rule);
    CHECK(decision.rule == "set for this step");
  }
}

TEST_CASE("environment: what builds need is kept and unchanged, whoever set it") {
  const auto entries = variables("keep");
  REQUIRE(entries.size() > 400);
  for (const auto& entry : entries) {
    for (const Origin origin : kOrigins) {
      const auto decision = decide(entry, origin);
      CHECK_MESSAGE(decision.kept, entry << " by " << decision.rule);
      CHECK_MESSAGE(decision.value == entry.substr(entry.find('=') + 1), entry);
    }
  }
}

TEST_CASE("environment: a credential in a value is cut, and the rest is kept") {
  const auto lists = lines_of_variables();
  REQUIRE(lists.at("cut").size() > 10);
  for (const auto& line : lists.at("cut")) {
    const size_t blank = line.find(' ');
    const std::string entry = line.substr(0, blank);
    for (const Origin origin : kOrigins) {
      const auto decision = decide(entry, origin);
      CHECK_MESSAGE(decision.kept, entry << " by " << decision.rule);
      CHECK_MESSAGE(decision.value == line.substr(blank + 1), entry);
      CHECK_MESSAGE(!decision.cut.empty(), entry);
    }
  }
}

TEST_CASE("environment: values with blanks and lines") {
  CHECK_FALSE(decide("X=-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----").kept);
  CHECK_FALSE(decide("X=-----BEGIN OPENSSH PRIVATE KEY-----\nabc", Origin::kStep).kept);
  CHECK_FALSE(decide("X=machine h login me password w", Origin::kStep).kept);
  CHECK_FALSE(decide("X=Authorization: Basic dXNlcjpwYXNz", Origin::kStep).kept);
  CHECK_FALSE(decide("X=Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyz", Origin::kStep).kept);
  CHECK(decide("X=-----BEGIN CERTIFICATE-----\nabc").kept);
  CHECK(decide("X=a machine that has a password prompt").kept);
  CHECK(decide("X=-DA=1 -DU=https://a:b@h/ -DB=2").value == "-DA=1 -DU=https://h/ -DB=2");
}

TEST_CASE("environment: several addresses in one value") {
  CHECK(decide("PIP_EXTRA_INDEX_URL=https://a/simple https://b/simple").kept);
  CHECK_FALSE(decide("PIP_EXTRA_INDEX_URL=https://a/simple https://u:p@b/simple").kept);
  CHECK_FALSE(decide("PIP_EXTRA_INDEX_URL=https://a/simple word").kept);
  CHECK_FALSE(decide("PIP_EXTRA_INDEX_URL= ").kept);
}

TEST_CASE("environment: keep_also is stronger than what a value looks like") {
  const Policy policy = test::loaded_with(R"({"environment": {"keep_also": ["MY_*"]}})").policy;
  const auto kept = decide_environment(policy.environment, {"MY_URL=https://u:p@h/", "MY_TOKEN=x"},
                                       [](const auto&, const auto&) { return Origin::kStep; });
  CHECK(kept[0].value == "https://u:p@h/");
  CHECK(kept[1].kept);
}

TEST_CASE("environment: a credential among git's settings takes its own setting alone") {
  const Policy policy = test::default_policy();
  // What is kept of one harmless setting and this one.
  const auto kept_with = [&](const std::string& key, const std::string& value) {
    const auto decisions = decide_environment(
        policy.environment,
        {"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=" + key, "GIT_CONFIG_VALUE_0=" + value,
         "GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*"},
        [](const auto&, const auto&) { return Origin::kFrontEnd; });
    std::vector<std::string> kept;
    for (const auto& decision : decisions) {
      if (decision.kept) kept.push_back(decision.name.substr(11));
    }
    return kept;
  };
  using Names = std::vector<std::string>;
  const Names rest = {"COUNT", "KEY_1", "VALUE_1"};
  CHECK(kept_with("http.https://h/.extraheader", "AUTHORIZATION: basic eA==") == rest);
  CHECK(kept_with("http.https://h/.extraheader", "X: y") == rest);
  CHECK(kept_with("credential.helper", "!echo password=x") == rest);
  CHECK(kept_with("url.https://me:word@h/.insteadOf", "https://h/") == rest);
  CHECK(kept_with("http.proxy", "http://u:p@h/") == rest);
  CHECK(kept_with("url.https://mirror/.insteadOf", "https://h/") ==
        Names{"COUNT", "KEY_0", "VALUE_0", "KEY_1", "VALUE_1"});
}

TEST_CASE("environment: what was set for the step and taken is said, and nothing else is") {
  const Policy policy = test::default_policy();
  std::vector<EnvironmentDecision> decisions;
  for (const Origin origin : kOrigins) {
    for (auto& decision : decide_environment(
             policy.environment,
             {"MY_TOKEN=x", "MY_AUTH=word", "CMAKE_ARGS=https://u:p@h/", "CFLAGS=-O2"},
             [&](const auto&, const auto&) { return origin; })) {
      decisions.push_back(std::move(decision));
    }
  }
  const auto said = withheld_for_step(decisions);
  REQUIRE(said.size() == 2);
  CHECK(said[0].find("the variable MY_TOKEN, which the front end set for this step") == 0);
  CHECK(said[1].find("a password in a URL in the variable CMAKE_ARGS") == 0);
}

TEST_CASE("environment: a failed step's line names what it did not get, the front end's first") {
  const Policy policy = test::default_policy();
  const auto decisions = decide_environment(
      policy.environment,
      {"Z_TOKEN=x", "A_TOKEN=word", "CMAKE_ARGS=https://u:p@h/", "CFLAGS=-O2", "B_AUTH=word"},
      [&](const auto& name, const auto&) {
        return name == "A_TOKEN" ? VariableOrigin::kContainer : VariableOrigin::kFrontEnd;
      });
  CHECK(not_given(decisions) == std::vector<std::string>{"B_AUTH",
                                                         "CMAKE_ARGS without a password in a URL",
                                                         "Z_TOKEN", "A_TOKEN"});
}

TEST_CASE("environment: what narrow takes from the container its steps do not have either") {
  const Policy policy =
      test::loaded_with(R"({"narrow": {"environment": ["MYCORP_*", "CFLAGS", "PATH"]}})").policy;
  const auto decide_with = [&](const std::string& entry, bool added) {
    return decide_environment(policy.environment, {entry}, [&](const auto&, const auto&) {
      return added ? Origin::kStep : Origin::kContainer;
    })[0];
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
  CHECK_FALSE(decide("BASH_FUNC_x()=() { :; }").kept);
  CHECK_FALSE(decide("BASH_FUNC_%%=() { :; }").kept);
  CHECK_FALSE(decide("BASH_FUNC_x y%%=() { :; }").kept);
  CHECK_FALSE(decide("x%%=() { :; }").kept);
  CHECK_FALSE(decide("_PYPROJECT_HOOKS_A-B=x", Origin::kStep).kept);
  CHECK_FALSE(decide("1A=x").kept);
  CHECK_FALSE(decide("=x").kept);
  CHECK_FALSE(decide("NOVALUE").kept);
}

TEST_CASE("environment: functions that bash exports are variables like others") {
  CHECK(decide("BASH_FUNC_module%%=() {  eval $(modulecmd \"$@\")\n}").kept);
  CHECK(decide("BASH_FUNC_a-b.c%%=() { :; }").kept);
  CHECK_FALSE(decide("BASH_FUNC_upload%%=() { curl -H 'Authorization: Bearer abc' x; }").kept);
  CHECK_FALSE(decide("BASH_FUNC_GITHUB_TOKEN_OF%%=() { cat /t; }").kept);
}

TEST_CASE("environment: the order of the rules") {
  EnvironmentRules rules;
  rules.always = {"A"};
  rules.keep_also = {"A", "K"};
  rules.keep = {"A", "B"};
  rules.remove = {"A", "B", "C", "K"};
  rules.remove_inherited = {"E"};
  rules.keep_by_default = false;
  const auto kept = [&](const std::string& entry, Origin origin) {
    return decide_environment(rules, {entry}, [&](const auto&, const auto&) { return origin; })[0]
        .kept;
  };
  CHECK(kept("A=1", Origin::kContainer));
  CHECK(kept("K=1", Origin::kContainer));
  CHECK(kept("B=1", Origin::kContainer));
  CHECK_FALSE(kept("C=1", Origin::kStep));       // set for the step, but a delete rule names it
  CHECK_FALSE(kept("c=1", Origin::kStep));       // in either case of letters
  CHECK_FALSE(kept("a=1", Origin::kContainer));  // always and keep are exact
  CHECK(kept("D=1", Origin::kStep));
  CHECK(kept("D=1", Origin::kFrontEnd));
  CHECK_FALSE(kept("D=1", Origin::kContainer));
  CHECK(kept("E=x", Origin::kStep));
  CHECK_FALSE(kept("e=x", Origin::kFrontEnd));
  CHECK(kept("E=1", Origin::kFrontEnd));         // a switch is no credential
  CHECK_FALSE(kept("E=1", Origin::kContainer));  // and no reason to keep it
  rules.keep_by_default = true;
  CHECK(kept("D=1", Origin::kContainer));
  CHECK(kept("E=1", Origin::kContainer));
  CHECK_FALSE(kept("E=x", Origin::kContainer));
}

TEST_CASE("environment: delete_url_credentials false leaves values alone") {
  EnvironmentRules rules;
  rules.remove_url_credentials = false;
  const auto decision = decide_environment(
      rules, {"X=https://u:p@h/"}, [](const auto&, const auto&) { return Origin::kStep; })[0];
  CHECK(decision.kept);
  CHECK(decision.value == "https://u:p@h/");
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
