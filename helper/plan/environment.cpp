#include "helper/plan/environment.h"

#include <algorithm>

#include "common/base/glob.h"
#include "common/kit/entry.h"

namespace rind {
namespace {

// A name by POSIX. Shells export functions under other names (BASH_FUNC_f%%), which have been used
// for attacks.
bool is_valid_name(const std::string& name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The first pattern that matches, or "".
std::string match(const std::vector<std::string>& patterns, const std::string& name,
                  bool ignore_case) {
  for (const auto& pattern : patterns) {
    if (glob_match(pattern, name, ignore_case)) return pattern;
  }
  return {};
}

}  // namespace

bool has_url_credentials(const std::string& value) {
  for (size_t at = value.find("://"); at != std::string::npos; at = value.find("://", at + 3)) {
    const size_t start = at + 3;
    const size_t end = std::min(value.find_first_of("/?#\\ \t\n\"'", start), value.size());
    const size_t sign = value.substr(start, end - start).rfind('@');
    if (sign == std::string::npos) continue;
    const std::string user = value.substr(start, sign);
    if (!user.empty() && user != "git") return true;
  }
  return false;
}

std::vector<EnvironmentDecision> decide_environment(
    const EnvironmentRules& rules, const std::vector<std::string>& environment,
    const std::function<bool(const std::string&, const std::string&)>& is_added) {
  std::vector<EnvironmentDecision> decisions;
  for (const auto& entry : environment) {
    const size_t equals = entry.find('=');
    EnvironmentDecision decision;
    decision.name = entry.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : entry.substr(equals + 1);
    std::string pattern;
    if (equals == std::string::npos || !is_valid_name(decision.name)) {
      decision.rule = "invalid name";
    } else if (!(pattern = match(rules.always, decision.name, false)).empty()) {
      decision.kept = true;
      decision.rule = "environment.always " + pattern;
    } else if (!(pattern = match(rules.keep, decision.name, false)).empty()) {
      decision.kept = true;
      decision.rule = "environment.keep " + pattern;
    } else if (!(pattern = match(rules.remove, decision.name, true)).empty()) {
      decision.rule = "environment.delete " + pattern;
    } else if (!(pattern = match(rules.narrowed, decision.name, true)).empty()) {
      decision.rule = "narrow.environment " + pattern;
    } else if (rules.remove_url_credentials && has_url_credentials(value)) {
      decision.rule = "environment.delete_url_credentials";
    } else if (is_added(decision.name, value)) {
      decision.kept = true;
      decision.rule = "added by the front end";
    } else {
      decision.kept = rules.keep_by_default;
      decision.rule = "environment.default";
    }
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

std::vector<std::string> narrowed_environment(const std::vector<std::string>& patterns,
                                              const std::vector<std::string>& environment) {
  std::vector<std::string> kept;
  for (const auto& entry : environment) {
    if (!kit::is_dropped(patterns, entry)) kept.push_back(entry);
  }
  return kept;
}

}  // namespace rind
