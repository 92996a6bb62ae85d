// Which variables a step gets. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

struct EnvironmentDecision {
  std::string name;
  bool kept = false;
  std::string rule;  // which rule decided, for people
};

// What to make of each variable, in the order of the rules: invalid names go; `always`, then `keep`
// stay; `delete` and narrow.environment (in either case of letters) and values with credentials in
// a URL go; what the front end added for the build stays; the rest goes by `default`. environment:
// NAME=VALUE.
// is_added(name, value): the variable is not the container's own, or has another value than there.
std::vector<EnvironmentDecision> decide_environment(
    const EnvironmentRules& rules, const std::vector<std::string>& environment,
    const std::function<bool(const std::string&, const std::string&)>& is_added);

// `environment` (NAME=VALUE) without the variables that a container's first process loses: those
// whose name one of `patterns` (the policy's narrow.environment) matches, in either case of
// letters.
std::vector<std::string> narrowed_environment(const std::vector<std::string>& patterns,
                                              const std::vector<std::string>& environment);

// True when `value` has a URL in it that carries a user and password, or a token in the user's
// place
// ("https://TOKEN@host"). `git@`, the customary user of ssh URLs, is none.
bool has_url_credentials(const std::string& value);

}  // namespace rind
