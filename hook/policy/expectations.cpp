#include "hook/policy/expectations.h"

#include <algorithm>
#include <optional>

#include "common/base/json.h"
#include "common/base/text.h"
#include "hook/decide/annotations.h"
#include "hook/policy/stated_step.h"

namespace rind::hook {
namespace {

// An actual value, and the rule that makes it.
struct Actual {
  std::string value, rule;
};

std::string in_brackets(const std::string& rule) { return rule.empty() ? "" : " (" + rule + ")"; }

// The rules of `packages` that hold for the step, for people.
std::string by_rules(const StatedPlan& stated) {
  std::string names;
  for (const auto& rule : stated.rules) {
    const std::string name = rule.starts_with("seams.") ? rule : "packages." + rule;
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "no rule of packages holds for this step" : names;
}

Actual view_of(const StatedPlan& stated, const std::string& path) {
  for (const auto& [hidden, spec] : stated.policy.narrow.views) {
    if (spec.view == View::kRo || !is_within(path, hidden)) continue;
    return {"hidden", "narrow.views." + hidden + ", in the whole container"};
  }
  const PlannedView* view = deciding_view(stated.plan, path);
  if (view == nullptr) return {"ro", "the root is read-only"};
  using Kind = PlannedView::Kind;
  const std::string value = view->kind == Kind::kView      ? to_string(view->view)
                            : view->kind == Kind::kDevices ? "devices"
                            : view->kind == Kind::kProc    ? "proc"
                                                           : "ro";
  return {value, view->rule};
}

// $NAME, $NAME/BELOW, a path in the sources, or an absolute path.
std::string resolved(const StatedPlan& stated, const JsonObject& at, const std::string& key) {
  if (key.starts_with("/")) return key;
  if (!key.starts_with("$")) return key == "." ? stated.source : stated.source + "/" + key;
  const size_t slash = std::min(key.find('/'), key.size());
  const auto found = stated.variables.find(key.substr(1, slash - 1));
  if (found != stated.variables.end()) return found->second + key.substr(slash);
  throw at.wrong(key, "a variable with a value",
                 "set " + key.substr(1, slash - 1) + " in \"environment\" of the container");
}

Actual variable_of(const StatedPlan& stated, const std::string& name) {
  for (const auto& decision : stated.plan.decisions) {
    if (decision.name != name) continue;
    return {!decision.kept ? "dropped" : decision.cut.empty() ? "kept" : "cut", decision.rule};
  }
  if (stated.narrowed.count(name) != 0) return {"dropped", "narrow.environment"};
  return {"not set", "the step is called without it"};
}

Actual device_of(const StatedPlan& stated, const std::string& name) {
  const auto& given = stated.plan.devices.given;
  if (std::find(given.begin(), given.end(), name) != given.end()) return {"kept", "devices"};
  const auto& denied = stated.plan.devices.not_given;
  const bool there = std::find(denied.begin(), denied.end(), name) != denied.end();
  return {there ? "dropped" : "not there", there ? "devices" : "the container does not have it"};
}

std::string text_of(const std::optional<uint64_t>& limit) {
  return limit ? std::to_string(*limit) : "inherit";
}

std::optional<std::string> limit_of(const LimitRules& limits, const std::string& name) {
  if (name == "wall_clock_seconds") return text_of(limits.wall_clock);
  if (name == "grace_seconds") return std::to_string(limits.grace);
  if (name == "processes") return text_of(limits.processes);
  if (name == "open_files") return text_of(limits.open_files);
  if (name == "address_space_bytes") return text_of(limits.address_space);
  if (name == "core_bytes") return text_of(limits.core);
  if (name == "tree_entries") return text_of(limits.tree_entries);
  if (name == "tree_depth") return text_of(limits.tree_depth);
  return std::nullopt;
}

constexpr const char* kLimits[] = {"wall_clock_seconds", "grace_seconds",       "processes",
                                   "open_files",         "address_space_bytes", "core_bytes",
                                   "tree_entries",       "tree_depth"};

class Judge {
 public:
  Judge(const std::string& name, std::vector<Expectation>& found) : name_(name), found_(found) {}

  void refused(bool wanted, const std::string& why) {
    add("refused", wanted, why.empty() ? "it is planned" : "it is refused: " + why,
        wanted == !why.empty());
  }

  void all(JsonObject& o, const StatedPlan& stated) {
    const Policy& policy = stated.policy;
    const std::string rules = by_rules(stated);
    word(o, "network", {"none", "container"}, {to_string(policy.network), rules});
    const std::string& reason = stated.plan.identity.reason;
    word(o, "identity", {"ephemeral", "self"},
         {to_string(stated.plan.identity.mode), reason.empty() ? rules : reason});
    word(o, "seccomp", {"none", "native", "multiarch"}, {to_string(policy.seccomp), rules});
    word(o, "terminals", {"none", "preferred", "required"}, {to_string(policy.terminals), rules});
    if (o.has("limits")) limits(o.object("limits"), stated, rules);
    if (o.has("paths")) {
      words(o.object("paths"), {"ro", "rw", "cow", "private", "hidden", "devices", "proc"},
            [&](const JsonObject& at, const std::string& key) {
              return view_of(stated, resolved(stated, at, key));
            });
    }
    if (o.has("variables")) {
      words(o.object("variables"), {"kept", "dropped", "cut", "not set"},
            [&](const JsonObject&, const std::string& key) { return variable_of(stated, key); });
    }
    if (o.has("devices")) {
      words(o.object("devices"), {"kept", "dropped", "not there"},
            [&](const JsonObject&, const std::string& key) { return device_of(stated, key); });
    }
    if (o.has("rules")) applied(o.strings("rules"), stated);
  }

 private:
  void add(const std::string& what, bool wanted, const std::string& found, bool holds) {
    found_.push_back({holds, name_ + ": " + (wanted ? "" : "not ") + what, holds ? "" : found});
  }
  void compare(const std::string& what, const std::string& wanted, const Actual& actual) {
    const bool holds = wanted == actual.value;
    found_.push_back({holds, name_ + ": " + what + " " + wanted,
                      holds ? "" : "it is " + actual.value + in_brackets(actual.rule)});
  }

  void word(JsonObject& o, const std::string& key, const std::vector<std::string>& words,
            const Actual& actual) {
    if (o.has(key)) compare(key, o.choice(key, words), actual);
  }

  template <typename Look>
  void words(JsonObject o, const std::vector<std::string>& words, Look look) {
    for (const auto& key : o.keys()) compare(key, o.choice(key, words), look(o, key));
  }

  void limits(JsonObject o, const StatedPlan& stated, const std::string& rules) {
    for (const char* name : kLimits) {
      if (!o.has(name)) continue;
      const Json& value = o.any(name);
      if (!value.is_number_unsigned() && value != "inherit") {
        throw o.wrong(name, R"(a number, or "inherit")");
      }
      const std::string wanted = value.is_string() ? "inherit" : value.dump();
      compare(std::string("limits.") + name, wanted, {*limit_of(stated.plan.limits, name), rules});
    }
    o.finish();
  }

  void applied(const std::vector<std::string>& wanted, const StatedPlan& stated) {
    const auto text = [](const std::vector<std::string>& names) {
      std::string all;
      for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
      return all.empty() ? std::string("none") : all;
    };
    compare("rules", text(wanted), {text(stated.rules), ""});
  }

  const std::string& name_;
  std::vector<Expectation>& found_;
};

// The step's name for people.
std::string name_of(JsonObject& step, const StatedStep& stated, size_t index) {
  if (step.has("name")) return step.string("name");
  std::string what = stated.hook;
  if (stated.kind == StatedStep::Kind::kInstall) what = "install";
  if (stated.kind == StatedStep::Kind::kCommand) what = stated.command.front();
  const std::string of = stated.package.empty() ? "" : " of " + stated.package;
  return "step " + std::to_string(index + 1) + ", " + what + of;
}

void judge_step(JsonObject o, size_t index, const LoadedPolicy& loaded,
                const StatedContainer& container, std::vector<Expectation>& found) {
  const StatedStep step = parse_step(o);
  const std::string name = name_of(o, step, index);
  JsonObject expect = o.object("expect");
  o.finish();
  const bool refused = expect.has("refused") && expect.boolean("refused");
  Judge judge(name, found);
  std::optional<StatedPlan> stated;
  std::string why;
  try {
    stated = plan_stated(loaded, container, step);
  } catch (const JsonError&) {
    throw;
  } catch (const Error& e) {
    why = e.what();
  }
  if (refused || expect.has("refused") || !stated) judge.refused(refused, why);
  if (stated) judge.all(expect, *stated);
  if (!stated) return;
  expect.finish();
}

}  // namespace

std::vector<Expectation> judge_expectations(JsonObject file, const LoadedPolicy& loaded) {
  if (file.has("$schema")) file.string("$schema");
  file.integer("version", 1, 1);
  static const Json kNone = Json::object();
  const StatedContainer container = parse_container(
      file.has("container") ? file.object("container") : JsonObject(kNone, file.origin()));
  const LoadedPolicy own = with_annotations(loaded, container.annotations);
  const Json& steps = file.any("steps");
  if (!steps.is_array() || steps.empty()) {
    throw file.wrong(
        "steps", "an array of steps",
        R"(write for example [{"hook": "build_wheel", "expect": {"network": "none"}}])");
  }
  file.finish();
  std::vector<Expectation> found;
  for (size_t i = 0; i < steps.size(); ++i) {
    judge_step(JsonObject(steps[i], file.origin(), file.path_to("steps").element(i)), i, own,
               container, found);
  }
  return found;
}

}  // namespace rind::hook
