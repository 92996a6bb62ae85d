#include "helper/plan/environment.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "common/base/name_patterns.h"
#include "common/kit/entry.h"
#include "helper/plan/credential.h"

namespace rind {
namespace {

bool is_word_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// A function that bash exports: BASH_FUNC_NAME%%. Images define them for all shells (`module`).
bool is_exported_function(const std::string& name) {
  constexpr std::string_view kBefore = "BASH_FUNC_", kAfter = "%%";
  if (!name.starts_with(kBefore) || !name.ends_with(kAfter)) return false;
  if (name.size() <= kBefore.size() + kAfter.size()) return false;
  return std::all_of(name.begin(), name.end() - kAfter.size(),
                     [](char c) { return is_word_character(c) || c == '-' || c == '.'; });
}

// A name by POSIX.
bool is_valid_name(const std::string& name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), is_word_character) || is_exported_function(name);
}

// The rules' lists of names, prepared.
struct Lists {
  explicit Lists(const EnvironmentRules& rules)
      : always(rules.always, false),
        keep_also(rules.keep_also, false),
        keep(rules.keep, false),
        remove(rules.remove, true),
        narrowed(rules.narrowed, true),
        remove_inherited(rules.remove_inherited, true) {}
  NamePatterns always, keep_also, keep, remove, narrowed, remove_inherited;
};

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Sets `decision` and returns true when one of `patterns` matches its name.
bool decides(const NamePatterns& patterns, const PreparedName& name, bool kept, const char* rule,
             EnvironmentDecision& decision) {
  const std::string* pattern = patterns.first_match(name);
  if (pattern == nullptr) return false;
  decision.kept = kept;
  decision.rule = std::string(rule) + " " + *pattern;
  return true;
}

// Cuts credentials from the value. Returns true when nothing is left, which decides.
bool decides_by_value(EnvironmentDecision& decision) {
  CutValue cut = cut_credentials(decision.value);
  if (cut.left == CutValue::Left::kAll) return false;
  decision.cut = std::move(cut.found);
  decision.value = std::move(cut.value);
  if (cut.left == CutValue::Left::kPart) return false;
  decision.rule = "environment.delete_url_credentials: " + decision.cut;
  return true;
}

bool is_plain(const std::string& value) {
  return is_plain_setting(value) || is_plain_address(value);
}

void decide(const EnvironmentRules& rules, const Lists& lists, EnvironmentDecision& decision) {
  const PreparedName name(decision.name);
  if (decides(lists.always, name, true, "environment.always", decision) ||
      decides(lists.keep_also, name, true, "environment.keep_also", decision) ||
      (rules.remove_url_credentials && decides_by_value(decision)) ||
      decides(lists.keep, name, true, "environment.keep", decision) ||
      decides(lists.remove, name, false, "environment.delete", decision) ||
      decides(lists.narrowed, name, false, "narrow.environment", decision)) {
    return;
  }
  const bool of_step = decision.origin == VariableOrigin::kStep;
  if (!of_step &&
      decides(lists.remove_inherited, name, false, "environment.delete_inherited", decision)) {
    // A value of which something was cut was not plain.
    if (!decision.cut.empty() || !is_plain(decision.value)) return;
  }
  const bool own = decision.origin == VariableOrigin::kContainer;
  decision.kept = !own || rules.keep_by_default;
  decision.rule = of_step ? "set for this step" : own ? "environment.default" : "the front end's";
}

// The number in GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n, which are one setting of git's; "" for
// other names.
std::string git_setting(const std::string& name) {
  for (const char* prefix : {"GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"}) {
    if (name.starts_with(prefix)) return name.substr(std::string(prefix).size());
  }
  return {};
}

// Keys of git's configuration whose values are credentials, or programs that print them.
bool is_secret_git_key(const std::string& value) {
  const std::string key = lowered(value);
  if (key.starts_with("credential.")) return true;
  for (const char* word : {"extraheader", "cookie", "password", "token"}) {
    if (key.find(word) != std::string::npos) return true;
  }
  return false;
}

// Drops both variables of a git setting where one of them has a credential.
// helper/plan/git_settings.h closes the gap.
void drop_secret_git_settings(std::vector<EnvironmentDecision>& decisions) {
  std::set<std::string> secret;
  for (const auto& decision : decisions) {
    const bool key = decision.name.starts_with("GIT_CONFIG_KEY_");
    const bool taken = !decision.kept || !decision.cut.empty();
    if (taken || (key && is_secret_git_key(decision.value))) {
      secret.insert(git_setting(decision.name));
    }
  }
  secret.erase("");
  for (auto& decision : decisions) {
    if (secret.count(git_setting(decision.name)) == 0) continue;
    decision.kept = false;
    decision.rule = "a credential in git's settings";
  }
}

}  // namespace

bool is_plain_setting(const std::string& value) {
  static constexpr const char* kSwitches[] = {
      "on", "off",  "true", "false", "yes",     "no",      "y",        "n",      "t",
      "f",  "none", "auto", "all",   "default", "enabled", "disabled", "enable", "disable"};
  constexpr size_t kLongestNumber = 3, kLongestVersion = 24;
  const std::string text = lowered(value);
  if (std::find(std::begin(kSwitches), std::end(kSwitches), text) != std::end(kSwitches))
    return true;
  const size_t first = text.starts_with("v") ? 1 : 0;
  const bool numbers = std::all_of(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(),
                                   [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  const bool dotted = text.find('.') != std::string::npos;
  return numbers && text.size() <= (dotted ? kLongestVersion : kLongestNumber);
}

std::vector<EnvironmentDecision> decide_environment(
    const EnvironmentRules& rules, const std::vector<std::string>& environment,
    const std::function<VariableOrigin(const std::string&, const std::string&)>& origin_of) {
  const Lists lists(rules);
  std::vector<EnvironmentDecision> decisions;
  decisions.reserve(environment.size());
  for (const auto& entry : environment) {
    const size_t equals = entry.find('=');
    EnvironmentDecision decision;
    decision.name = entry.substr(0, equals);
    if (equals == std::string::npos || !is_valid_name(decision.name)) {
      decision.rule = "invalid name";
    } else {
      decision.value = entry.substr(equals + 1);
      decision.origin = origin_of(decision.name, decision.value);
      decide(rules, lists, decision);
    }
    decisions.push_back(std::move(decision));
  }
  if (rules.remove_url_credentials) drop_secret_git_settings(decisions);
  return decisions;
}

std::vector<std::string> withheld_for_step(const std::vector<EnvironmentDecision>& decisions) {
  std::vector<std::string> lines;
  for (const auto& decision : decisions) {
    if (decision.origin != VariableOrigin::kStep) continue;
    if (!decision.kept) {
      lines.push_back("the variable " + decision.name +
                      ", which the front end set for this step (" + decision.rule +
                      "; environment.keep_also keeps it)");
    } else if (!decision.cut.empty()) {
      lines.push_back(decision.cut + " in the variable " + decision.name +
                      ", which the front end set for this step (environment.keep_also keeps it)");
    }
  }
  return lines;
}

std::vector<std::string> not_given(const std::vector<EnvironmentDecision>& decisions) {
  std::vector<std::string> names, of_container;
  for (const auto& decision : decisions) {
    auto& list = decision.origin == VariableOrigin::kContainer ? of_container : names;
    if (!decision.kept) list.push_back(decision.name);
    if (decision.kept && !decision.cut.empty()) {
      names.push_back(decision.name + " without " + decision.cut);
    }
  }
  std::sort(names.begin(), names.end());
  std::sort(of_container.begin(), of_container.end());
  names.insert(names.end(), of_container.begin(), of_container.end());
  return names;
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
