#include "hook/decide/annotations.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "hook/decide/decide.h"

namespace rind::hook {
namespace {

constexpr const char* kPrefix = "io.rind";
constexpr const char* kChoice = "io.rind.policy";

// An annotation can have megabytes. Messages and lists of paths must stay short.
constexpr size_t kValueLimit = 4096;
std::string shown(const std::string& text) {
  constexpr size_t kShown = 100;
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

[[noreturn]] void not_understood(const std::string& name, const std::string& value,
                                 const std::string& expected) {
  throw Error("apply the annotation " + shown(name), "its value is \"" + shown(value) + "\"",
              "set it to " + expected);
}

bool opts_in(const std::string& name, const std::string& opt_in) {
  return name == opt_in || name == kDefaultOptIn;
}

// Otherwise a container with a misspelt value would build without isolation, and without a message.
void require_opt_in_value(const std::string& name, const std::string& value) {
  if (value == "true" || value == "false") return;
  not_understood(
      name, value,
      "\"true\", which makes the container a builder, or \"false\", which has no effect");
}

void collect(const std::map<std::string, std::string>& annotations, const std::string& opt_in,
             Asked& asked) {
  for (const auto& [name, value] : annotations) {
    if (opts_in(name, opt_in)) {
      require_opt_in_value(name, value);
      continue;
    }
    if (!is_own_annotation(name)) continue;
    const auto [at, added] = asked.emplace(name, value);
    if (!added && at->second != value) {
      throw Error("read the annotation " + shown(name),
                  "config.json and the container's state give it two values: \"" + shown(value) +
                      "\" and \"" + shown(at->second) + "\"",
                  "set it to one value");
    }
  }
}

void require_value(const std::string& name, const std::string& value, const std::string& only) {
  if (value != only) {
    not_understood(name, value, "\"" + only + "\", its only value: annotations only tighten");
  }
}

// Splits a list at its colons. Every part must be non-empty.
std::vector<std::string> list_of(const std::string& name, const std::string& value,
                                 const std::string& expected) {
  if (value.size() > kValueLimit) not_understood(name, value, "at most 4096 characters");
  std::vector<std::string> parts = split(value, ':');
  const bool empty =
      std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
  if (empty) not_understood(name, value, expected);
  return parts;
}

// Sets the policy's key for every step. Removes it from package rules and from the rule for
// installs: otherwise single steps could get back what the annotation takes.
void set_for_all(Json& document, const Json::json_pointer& key, const Json& value) {
  document[key] = value;
  const auto remove_from = [&](Json& patch) {
    if (patch.contains(key)) patch.at(key.parent_pointer()).erase(key.back());
  };
  for (Json& rule : document.at("packages")) remove_from(rule.at("policy"));
  remove_from(document.at("seams").at("interpreter").at("installs"));
}

void append(Json& list, const std::vector<std::string>& entries) {
  for (const auto& entry : entries) {
    if (std::find(list.begin(), list.end(), Json(entry)) == list.end()) list.push_back(entry);
  }
}

void deny_network(Json& document, const std::string& name, const std::string& value) {
  require_value(name, value, "none");
  set_for_all(document, Json::json_pointer("/network"), "none");
}

void require_identity(Json& document, const std::string& name, const std::string& value) {
  require_value(name, value, "required");
  set_for_all(document, Json::json_pointer("/identity/ephemeral"), "required");
}

// "native" is the strictest: "multiarch" also allows 32-bit system calls, "none" allows all.
void use_filter(Json& document, const std::string& name, const std::string& value) {
  require_value(name, value, "native");
  set_for_all(document, Json::json_pointer("/seccomp"), "native");
}

// `hide` overrides every view, and package rules cannot change it.
void hide(Json& document, const std::string& name, const std::string& value) {
  append(document.at("hide"), list_of(name, value, "absolute paths, separated by colons"));
}

// Also hides every path below, if the policy has a view of it.
void narrow_hide(Json& document, const std::string& name, const std::string& value) {
  Json& views = document.at("narrow").at("views");
  for (const auto& path : list_of(name, value, "absolute paths, separated by colons")) {
    for (const auto& [key, view] : views.items()) {
      if (is_within(key, path)) view = "hidden";
    }
    views[path] = "hidden";
  }
}

void narrow_environment(Json& document, const std::string& name, const std::string& value) {
  append(document.at("narrow").at("environment"),
         list_of(name, value, "names of variables (wildcards allowed), separated by colons"));
}

struct Tightening {
  const char* name;
  void (*apply)(Json& document, const std::string& name, const std::string& value);
};

// Each of them only tightens, so their order does not matter.
constexpr Tightening kTightenings[] = {
    {"io.rind.hide", hide},
    {"io.rind.identity", require_identity},
    {"io.rind.narrow.environment", narrow_environment},
    {"io.rind.narrow.hide", narrow_hide},
    {"io.rind.network", deny_network},
    {"io.rind.seccomp", use_filter},
};

const Tightening& tightening_of(const std::string& name) {
  const auto* const found = std::find_if(std::begin(kTightenings), std::end(kTightenings),
                                         [&](const Tightening& t) { return name == t.name; });
  if (found != std::end(kTightenings)) return *found;
  std::string known = std::string(kDefaultOptIn) + ", " + kChoice;
  for (const auto& tightening : kTightenings) known += std::string(", ") + tightening.name;
  throw Error("apply the annotation " + shown(name), "there is no such annotation",
              "remove it, or use one of " + known);
}

}  // namespace

bool is_own_annotation(const std::string& name) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const size_t begin =
      static_cast<size_t>(std::find_if_not(name.begin(), name.end(), is_blank) - name.begin());
  std::string start = name.substr(begin, std::string(kPrefix).size() + 1);
  for (char& c : start) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (!start.starts_with(kPrefix)) return false;
  const char next = start == kPrefix ? '.' : start.back();
  return !((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9'));
}

Asked asked_by_annotations(const std::string& opt_in, const State& state, const Config& config) {
  Asked asked;
  collect(config.annotations, opt_in, asked);
  collect(state.annotations, opt_in, asked);
  return asked;
}

LoadedPolicy with_annotations(LoadedPolicy loaded, const Asked& asked) {
  if (asked.empty()) return loaded;
  if (const auto choice = asked.find(kChoice); choice != asked.end()) {
    if (choice->second.size() > kValueLimit) not_understood(kChoice, choice->second, "a name");
    loaded = policy_of_choice(loaded, choice->second);
  }
  Json document = *loaded.document;
  std::string names;
  for (const auto& [name, value] : asked) {
    names += (names.empty() ? "" : ", ") + name;
    if (name != kChoice) tightening_of(name).apply(document, name, value);
  }
  loaded.policy = parse_policy(document, "the policy with the annotations " + names);
  loaded.document = std::make_shared<Json>(std::move(document));
  return loaded;
}

std::string reason_by_config(const ContainerRules& rules, const State& state,
                             const Config& config) {
  const Asked asked = asked_by_annotations(rules.annotation, state, config);
  const std::string reason = builder_by_config(rules, state, config);
  if (!reason.empty() || asked.empty()) return reason;
  return "annotation " + shown(asked.begin()->first);
}

bool opts_out(const ContainerRules& rules, const State& state, const Config& config) {
  const auto says_false = [&](const auto& annotations) {
    return std::any_of(annotations.begin(), annotations.end(), [&](const auto& annotation) {
      return opts_in(annotation.first, rules.annotation) && annotation.second == "false";
    });
  };
  return says_false(config.annotations) || says_false(state.annotations);
}

ContainerPolicy policy_of_container(LoadedPolicy base, const State& state, const Config& config) {
  const ContainerRules& rules = base.policy.containers;
  std::string reason = reason_by_config(rules, state, config);
  const Asked asked = asked_by_annotations(rules.annotation, state, config);
  return {with_annotations(std::move(base), asked), std::move(reason)};
}

}  // namespace rind::hook
