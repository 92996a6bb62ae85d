#include "hook/policy/idle_names.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "common/base/glob.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/plan/environment.h"
#include "helper/step/hooks.h"

namespace rind::hook {
namespace {

constexpr const char* kLower = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool starts_like_a_version(const std::string& text) {
  return text.empty() || is_digit(text[0]) || has_wildcard(text.substr(0, 1));
}

// "torch-2.1": Rind matches the name without its version.
size_t version_in(const std::string& name) {
  for (size_t at = name.find('-'); at != std::string::npos; at = name.find('-', at + 1)) {
    const size_t dot = name.find('.', at);
    if (at + 1 < name.size() && is_digit(name[at + 1]) && dot != std::string::npos) return at;
  }
  return std::string::npos;
}

// Why the pattern of a package matches none; "" when it may match one.
IdleRule judge_package(const std::string& pattern) {
  const std::string form = R"(write NAME or NAME==VERSION with wildcards, such as "torch==2.*")";
  const size_t equals = pattern.find("==");
  const std::string written = pattern.substr(0, equals);
  const std::string name = normalised_name(written);
  if (name.empty() || !glob_can_match(name, std::string(kLower) + "-")) {
    return {{}, "matches no package: a name has letters, digits, '-', '_' and '.'", form};
  }
  if (const size_t at = version_in(written); equals == std::string::npos && at != written.npos) {
    return {{},
            "matches no package: it is compared with the name alone, without a version",
            "write \"" + written.substr(0, at) + "==" + written.substr(at + 1) + "\""};
  }
  if (equals == std::string::npos) return {};
  const std::string version = pattern.substr(equals + 2);
  if (!starts_like_a_version(version) ||
      !glob_can_match(version, std::string(kLower) + kUpper + ".+!_")) {
    return {{}, "matches no version of a package", form};
  }
  return {};
}

class Names {
 public:
  explicit Names(const Policy& policy) : policy_(policy) {}

  std::vector<IdleRule> found() {
    judge_containers();
    judge_variables();
    judge_devices();
    judge_artefacts();
    judge_record();
    return std::move(found_);
  }

 private:
  void add(const JsonPath& path, const std::string& why, const std::string& remedy) {
    found_.push_back({path, why, remedy});
  }
  static JsonPath at(const char* object, const char* key) {
    return JsonPath().key(object).key(key);
  }

  void judge_containers() {
    const ContainerRules& rules = policy_.containers;
    if (rules.annotation.find_first_of("= ") != std::string::npos) {
      add(at("containers", "annotation"), "is no name of an annotation",
          "write the name alone: its value is always \"true\"");
    }
    for (size_t i = 0; i < rules.environment.size(); ++i) {
      const std::string& pattern = rules.environment[i];
      if (has_wildcard(pattern) || pattern.find('=') != std::string::npos) continue;
      add(at("containers", "environment").element(i),
          "matches no variable: it is compared with NAME=VALUE", "write \"" + pattern + "=*\"");
    }
    for (size_t i = 0; i < rules.commands.size(); ++i) {
      if (!rules.commands[i].empty()) continue;
      add(at("containers", "commands").element(i), "matches no command", "remove it");
    }
  }

  // What a pattern of variables' names is compared with has letters, digits and '_'.
  void judge_list(const std::vector<std::string>& patterns, const JsonPath& path) {
    for (size_t i = 0; i < patterns.size(); ++i) {
      const std::string& pattern = patterns[i];
      const bool possible = glob_can_match(pattern, std::string(kLower) + kUpper + "_0");
      if (possible && !pattern.empty()) continue;
      const size_t begin = pattern.starts_with("$") ? 1 : 0;
      const std::string name = pattern.substr(begin, pattern.find('=') - begin);
      const bool better = !name.empty() && name != pattern &&
                          glob_can_match(name, std::string(kLower) + kUpper + "_");
      add(path.element(i), "matches no variable: names have letters, digits and '_'",
          better ? "write \"" + name + "\"" : "write the name of a variable");
    }
  }

  void judge_variables() {
    const EnvironmentRules& rules = policy_.environment;
    judge_list(rules.always, at("environment", "always"));
    judge_list(rules.keep_also, at("environment", "keep_also"));
    judge_list(rules.keep, at("environment", "keep"));
    judge_list(rules.remove, at("environment", "delete"));
    judge_list(rules.remove_inherited, at("environment", "delete_inherited"));
    judge_list(policy_.narrow.environment, at("narrow", "environment"));
    judge_kept(rules.remove, at("environment", "delete"));
    judge_kept(rules.remove_inherited, at("environment", "delete_inherited"));
    judge_narrowed(rules.keep_also, at("environment", "keep_also"));
    judge_narrowed(rules.keep, at("environment", "keep"));
  }

  // An entry without wildcards that an earlier rule keeps.
  void judge_kept(const std::vector<std::string>& patterns, const JsonPath& path) {
    for (size_t i = 0; i < patterns.size(); ++i) {
      if (has_wildcard(patterns[i])) continue;
      // A value that is no credential by its form.
      const auto decided = decide_environment(policy_.environment, {patterns[i] + "=x"},
                                              [](auto&&...) { return VariableOrigin::kContainer; });
      if (!decided.front().kept) continue;
      add(path.element(i),
          "deletes nothing: " + decided.front().rule + " keeps the variable before",
          "remove it there, or remove this entry");
    }
  }

  // narrow.environment takes the variable from the whole container.
  void judge_narrowed(const std::vector<std::string>& patterns, const JsonPath& path) {
    for (size_t i = 0; i < patterns.size(); ++i) {
      for (const auto& narrowed : policy_.narrow.environment) {
        if (has_wildcard(patterns[i]) || !glob_match(narrowed, patterns[i], true)) continue;
        add(path.element(i),
            "keeps nothing: narrow.environment " + narrowed +
                " removes the variable from the whole container",
            "remove it from narrow.environment, or remove this entry");
      }
    }
  }

  void judge_devices() {
    for (size_t i = 0; i < policy_.devices.size(); ++i) {
      const std::string& pattern = policy_.devices[i];
      if (!pattern.starts_with("dev/")) continue;
      add(JsonPath().key("devices").element(i), "matches no device: names are relative to /dev",
          "write \"" + pattern.substr(4) + "\"");
    }
  }

  void judge_artefacts() {
    for (size_t i = 0; i < policy_.artefact_names.size(); ++i) {
      const std::string name = normalised_name(policy_.artefact_names[i]);
      if (glob_can_match(name, std::string(kLower) + "-")) continue;
      add(JsonPath().key("artefact_names").element(i),
          "matches no distribution: a name has letters, digits, '-', '_' and '.'",
          "write a name without a version");
    }
  }

  void judge_record() {
    if (policy_.record.place != RecordRules::Place::kNone) return;
    add(at("record", "directory"), "is not used: record.place is \"none\"",
        R"(set record.place to "host" or "container", or remove the directory)");
  }

  const Policy& policy_;
  std::vector<IdleRule> found_;
};

}  // namespace

std::vector<IdleRule> idle_names(const Policy& policy) { return Names(policy).found(); }

std::vector<IdleRule> idle_package_rule(const PackageRule& rule, const JsonPath& place) {
  std::vector<IdleRule> found;
  for (size_t i = 0; i < rule.packages.size(); ++i) {
    IdleRule judged = judge_package(rule.packages[i]);
    if (judged.why.empty()) continue;
    judged.path = place.key("packages").element(i);
    found.push_back(std::move(judged));
  }
  const std::vector<std::string> known(kHooks.begin(), kHooks.end());
  for (size_t i = 0; i < rule.hooks.size(); ++i) {
    const bool matches = std::any_of(known.begin(), known.end(), [&](const std::string& hook) {
      return glob_match(rule.hooks[i], hook);
    });
    if (matches) continue;
    const std::string similar = did_you_mean(rule.hooks[i], known);
    found.push_back({place.key("hooks").element(i), "matches no build hook",
                     similar.empty() ? "write a hook such as \"build_wheel\", or remove \"hooks\" "
                                       "for every step of the packages"
                                     : similar});
  }
  if (rule.patch->empty()) {
    found.push_back({place.key("policy"), "changes nothing",
                     "write what is to differ for the packages, or remove the rule"});
  }
  return found;
}

}  // namespace rind::hook
