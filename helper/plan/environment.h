// Which variables a step gets. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

// Who gave a variable its value.
enum class VariableOrigin {
  kContainer,  // the container has it with this value
  kFrontEnd,   // the front end was started with it
  kStep,       // the front end set it for this step
};

struct EnvironmentDecision {
  std::string name;
  bool kept = false;
  std::string rule;  // which rule decided, for people
  VariableOrigin origin = VariableOrigin::kContainer;
  std::string cut = {};    // what was cut from the value, for people; "" for nothing
  std::string value = {};  // what the step gets
};

// Decides each variable by the first rule that matches: invalid names are dropped; `always`, then
// `keep_also` are kept. What is a credential by its form is then cut from the value; a variable
// that is nothing else is dropped. `keep` is kept; `delete` and narrow.environment are dropped
// (ignoring case); what the front end set for this step is kept; `delete_inherited` is dropped
// (ignoring case) unless the value is a switch, a version or a plain address; other variables that
// are not the container's own are kept; `default` decides the rest. environment: NAME=VALUE.
std::vector<EnvironmentDecision> decide_environment(
    const EnvironmentRules& rules, const std::vector<std::string>& environment,
    const std::function<VariableOrigin(const std::string&, const std::string&)>& origin_of);

// One line for each variable that the front end set for this step and that the step did not get, or
// got without a credential.
std::vector<std::string> withheld_for_step(const std::vector<EnvironmentDecision>& decisions);

// The variables that the step did not get, and those that it got without a part, "NAME without
// PART": first those with a part and those that the front
// end set or was started with.
std::vector<std::string> not_given(const std::vector<EnvironmentDecision>& decisions);

// True when the value cannot be a credential: empty, a switch ("1", "ON", "false") or a version.
bool is_plain_setting(const std::string& value);

// Returns `environment` (NAME=VALUE) without the variables that a container's first process loses:
// names that match one of `patterns` (the policy's narrow.environment), ignoring case.
std::vector<std::string> narrowed_environment(const std::vector<std::string>& patterns,
                                              const std::vector<std::string>& environment);

}  // namespace rind
