#include "helper/environment.h"

#include <set>

#include "tests/unit/support.h"

using namespace rind;

namespace {

// One variable through the default rules; `added`: the front end set it.
EnvironmentDecision decide(const std::string& entry, bool added = false) {
  const Policy policy = test::default_policy();
  return decide_environment(policy.environment, {entry},
                            [&](const auto&, const auto&) { return added; })[0];
}

}  // namespace

TEST_CASE("environment: what looks like a credential is gone") {
  for (const char* name :
       {"NETRC", "TWINE_PASSWORD", "TWINE_USERNAME", "NGC_API_KEY", "GITLAB_PAT",
        "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "CI_JOB_TOKEN", "github_token", "My_Secret",
        "HF_TOKEN", "SSH_AUTH_SOCK", "VAULT_ADDR", "PGPASSFILE", "SENTRY_DSN", "KUBECONFIG",
        "DOCKER_CONFIG", "UV_INDEX_URL", "https_proxy"}) {
    CHECK_MESSAGE(!decide(std::string(name) + "=x").kept, name);
  }
}

TEST_CASE("environment: what a build needs is kept") {
  for (const char* name :
       {"PATH", "VIRTUAL_ENV", "_PYPROJECT_HOOKS_BUILD_BACKEND", "CC", "CFLAGS", "MAKEFLAGS",
        "CMAKE_BUILD_PARALLEL_LEVEL", "LD_LIBRARY_PATH", "CUDA_HOME", "SOURCE_DATE_EPOCH",
        "PKG_CONFIG_PATH", "SETUPTOOLS_SCM_PRETEND_VERSION", "PYTHONPATH", "CI"}) {
    CHECK_MESSAGE(decide(std::string(name) + "=x").kept, name);
  }
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
