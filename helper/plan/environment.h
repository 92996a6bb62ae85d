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

// Decides each variable by the first rule that matches: invalid names are dropped; `always`, then
// `keep` are kept; `delete` and narrow.environment (ignoring case) and values with credentials in a
// URL are dropped; variables that the front end added are kept; `default` decides the rest.
// environment: NAME=VALUE.
// is_added(name, value): the container does not have the variable, or has another value.
std::vector<EnvironmentDecision> decide_environment(
    const EnvironmentRules& rules, const std::vector<std::string>& environment,
    const std::function<bool(const std::string&, const std::string&)>& is_added);

// Returns `environment` (NAME=VALUE) without the variables that a container's first process loses:
// names that match one of `patterns` (the policy's narrow.environment), ignoring case.
std::vector<std::string> narrowed_environment(const std::vector<std::string>& patterns,
                                              const std::vector<std::string>& environment);

// True when `value` contains a URL with a user and password, or with a token as the user
// ("https://TOKEN@host"). `git@`, the usual user of ssh URLs, does not count.
bool has_url_credentials(const std::string& value);

}  // namespace rind
