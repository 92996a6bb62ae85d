#include "hook/policy/idle_rules.h"

#include "common/base/json.h"
#include "common/policy/accepted_policy.h"
#include "hook/policy/idle_names.h"
#include "hook/policy/idle_views.h"

namespace rind::hook {
namespace {

bool has_value(const Json& document, const std::vector<std::string>& keys) {
  const Json* at = &document;
  for (const auto& key : keys) {
    if (at->is_array()) {
      const size_t index = std::stoul(key);
      if (index >= at->size()) return false;
      at = &at->at(index);
    } else if (at->is_object() && at->contains(key)) {
      at = &at->at(key);
    } else {
      return false;
    }
  }
  return true;
}

std::vector<IdleRule> idle_in(const Policy& policy) {
  std::vector<IdleRule> found = idle_names(policy);
  for (auto& rule : idle_views(policy)) found.push_back(std::move(rule));
  return found;
}

// Adds what of `idle` the patch says itself. place: of the patch.
void add_of_patch(std::vector<IdleRule>& found, const std::vector<IdleRule>& idle,
                  const Json& patch, const JsonPath& place) {
  for (const auto& rule : idle) {
    if (!has_value(patch, rule.path.keys())) continue;
    found.push_back({place.joined(rule.path), rule.why, rule.remedy});
  }
}

Policy patched(const LoadedPolicy& loaded, const Json& patch) {
  Json document = *loaded.document;
  document.merge_patch(patch);
  return parse_accepted_policy(document, "the policy with a rule");
}

}  // namespace

std::vector<IdleRule> idle_rules(const LoadedPolicy& loaded) {
  std::vector<IdleRule> found = idle_in(loaded.policy);
  const JsonPath top;
  for (const auto& rule : loaded.policy.packages) {
    const JsonPath place = top.key("packages").key(rule.name);
    for (auto& idle : idle_package_rule(rule, place)) found.push_back(std::move(idle));
    add_of_patch(found, idle_in(patched(loaded, *rule.patch)), *rule.patch, place.key("policy"));
  }
  const Json& installs = *loaded.policy.seams.install_patch;
  add_of_patch(found, idle_in(patched(loaded, installs)), installs,
               top.key("seams").key("interpreter").key("installs"));
  for (const auto& choice : loaded.policy.choices) {
    add_of_patch(found, idle_rules(policy_of_choice(loaded, choice.name)), *choice.patch,
                 top.key("choices").key(choice.name));
  }
  return found;
}

}  // namespace rind::hook
