// The policies that operators start from, as the loader takes them.
#include <algorithm>
#include <string>

#include "common/base/glob.h"
#include "common/base/json.h"
#include "common/policy/policy.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// As /etc/rind/policy.json: nothing else is in the directory.
LoadedPolicy with(const std::string& name) {
  return load_policy({RIND_SOURCE_POLICY, RIND_STARTING_POLICIES "/" + name});
}

}  // namespace

TEST_CASE(
    "starting policies: fromager is the defaults, and so is the operator's file as it is "
    "installed") {
  CHECK(*with("fromager").document == test::default_document());
  CHECK(*with("operator").document == test::default_document());
}

TEST_CASE("starting policies: strict prefers nothing") {
  const LoadedPolicy strict = with("strict");
  CHECK(strict.document->dump().find("preferred") == std::string::npos);
  CHECK(strict.policy.identity.ephemeral == Want::kRequired);
  CHECK(strict.policy.terminals == Want::kRequired);
  CHECK(strict.policy.limits.processes_required);
  CHECK(strict.policy.network == Network::kNone);
  CHECK(policy_for_install(*strict.document).network == Network::kNone);
  CHECK_FALSE(strict.policy.environment.keep_by_default);
}

TEST_CASE("starting policies: strict takes no variable from the builder that a step may keep") {
  const LoadedPolicy strict = with("strict");
  for (std::string name : strict.policy.environment.keep) {
    for (size_t at = name.find('*'); at != std::string::npos; at = name.find('*')) name[at] = 'X';
    for (const auto& taken : strict.policy.narrow.environment) {
      CHECK_MESSAGE(!glob_match(taken, name, true), name << " by " << taken);
    }
  }
}

TEST_CASE("starting policies: generic-pep517 goes by the interpreter alone") {
  const Policy policy = with("generic-pep517").policy;
  CHECK(policy.seams.interpreters);
  CHECK(policy.seams.unshare_paths.empty());
  CHECK(policy.trusted == std::vector<std::vector<std::string>>{{"true"}});
}
