#include "hook/check/check_seccomp.h"

#include <algorithm>

#include "common/base/json.h"

namespace rind::hook {
namespace {

// The helper makes namespaces with clone3 and mounts with the new mount API (docs/kubernetes.md).
constexpr const char* kNeeded[] = {"clone3",    "fsopen",     "fsconfig",     "fsmount",
                                   "open_tree", "move_mount", "mount_setattr"};

// False for a rule that requires a capability, which builders lack, and for a rule that depends on
// the call's arguments, such as the flags of clone.
bool holds_always(const Json& rule) {
  const auto includes = rule.find("includes");
  if (includes != rule.end() && includes->is_object() && includes->contains("caps") &&
      !includes->at("caps").empty()) {
    return false;
  }
  const auto arguments = rule.find("args");
  return arguments == rule.end() || arguments->empty();
}

bool names(const Json& rule, const std::string& call) {
  const auto found = rule.find("names");
  return found != rule.end() && found->is_array() &&
         std::find(found->begin(), found->end(), call) != found->end();
}

}  // namespace

std::vector<std::string> denied_calls(const Json& profile, const std::string& origin) {
  JsonObject top(profile, origin);
  const std::string otherwise = top.string("defaultAction");
  const Json& rules = top.any("syscalls");
  if (!rules.is_array()) throw top.wrong("syscalls", "an array");
  std::vector<std::string> denied;
  for (const char* call : kNeeded) {
    std::string action = otherwise;
    // podman's own profile has several rules for one call: the rule that allows it wins.
    for (const auto& rule : rules) {
      if (!rule.is_object() || !names(rule, call) || !holds_always(rule)) continue;
      action = rule.value("action", "");
      if (action == "SCMP_ACT_ALLOW") break;
    }
    if (action != "SCMP_ACT_ALLOW" && action != "SCMP_ACT_LOG") denied.emplace_back(call);
  }
  return denied;
}

}  // namespace rind::hook
