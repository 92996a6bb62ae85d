#include "hook/policy/idle_views.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/plan/environment.h"

namespace rind::hook {
namespace {

bool shows(const ViewSpec& spec) {
  return spec.view != View::kHidden && spec.view != View::kPrivate;
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

class Views {
 public:
  explicit Views(const Policy& policy) : policy_(policy) {}

  std::vector<IdleRule> found() {
    for (const auto& [key, spec] : policy_.views) {
      judge_writable(key, spec);
      if (key[0] == '$') {
        judge_variable(key, spec);
      } else {
        judge_path(key, spec);
      }
    }
    return std::move(found_);
  }

 private:
  void add(const std::string& key, const std::string& why, const std::string& remedy) {
    found_.push_back({JsonPath().key("views").key(key), why, remedy});
  }

  void judge_writable(const std::string& key, const ViewSpec& spec) {
    const bool own_uid = policy_.identity.ephemeral != Want::kNone;
    if (spec.view == View::kRw && !spec.lend && own_uid) {
      add(key,
          "is \"rw\" without \"lend\": steps have uids of their own, and can write there only what "
          "its mode opens to every user",
          "write " + quoted(key) + R"(: {"view": "rw", "lend": true})");
    }
    if (spec.lend && !own_uid) {
      found_.push_back({JsonPath().key("views").key(key).key("lend"),
                        "does nothing: identity.ephemeral is \"none\", so steps have the builder's "
                        "uid",
                        "write " + quoted(key) + R"(: "rw")"});
    }
  }

  void judge_path(const std::string& key, const ViewSpec& spec) {
    for (const auto& hidden : policy_.hide) {
      if (!shows(spec) || !is_within(key, hidden)) continue;
      return add(key, "shows nothing: hide " + hidden + " overrides it",
                 "remove " + quoted(hidden) + " from hide, or remove this view");
    }
    for (const auto& [path, narrowed] : policy_.narrow.views) {
      if (!is_within(key, path)) continue;
      if (narrowed.view != View::kRo && shows(spec)) {
        return add(key, "shows nothing: narrow.views " + path + " hides it in the whole container",
                   "remove the view of " + path + " from narrow, or remove this view");
      }
      if (narrowed.view == View::kRo && spec.view == View::kRw) {
        return add(
            key,
            "is not writable: narrow.views " + path + " makes it read-only in the whole container",
            "remove the view of " + path + " from narrow, or write " + quoted(key) + ": \"ro\"");
      }
    }
    if (policy_.record.place == RecordRules::Place::kContainer && shows(spec) &&
        is_within(key, policy_.record.directory)) {
      add(key, "shows nothing: steps never see record.directory", "remove this view");
    }
  }

  void judge_variable(const std::string& key, const ViewSpec& spec) {
    const std::string name = key.substr(1, key.find('/') - 1);
    if (name == "VIRTUAL_ENV" && key.find('/') == std::string::npos)
      return judge_environment(key, spec);
    if (key == "$HOME" && (spec.view == View::kRo || (spec.view == View::kRw && !spec.lend))) {
      return add(key,
                 "makes HOME read-only, so steps get another HOME, and their programs do not look "
                 "here",
                 "name the files that steps read, such as \"$HOME/.config/x\": \"ro\"");
    }
    judge_dropped(key, name, spec);
  }

  void judge_environment(const std::string& key, const ViewSpec& spec) {
    const bool covers = !shows(spec);
    add(key,
        covers ? "hides the build environment: steps that use one are refused"
               : "does nothing: build hooks see the build environment read-only, installs write it",
        "remove this view");
  }

  // Without the variable the step does not find the path.
  void judge_dropped(const std::string& key, const std::string& name, const ViewSpec& spec) {
    if (!shows(spec) || name == "HOME" || name == "TMPDIR") return;
    const auto decided = decide_environment(policy_.environment, {name + "=/x"},
                                            [](auto&&...) { return VariableOrigin::kContainer; });
    if (decided.front().kept) return;
    add(key,
        "is of no use: steps do not get the variable " + name + " (" + decided.front().rule + ")",
        "add " + quoted(name) +
            " to environment.keep_also, or write the path instead of the "
            "variable");
  }

  const Policy& policy_;
  std::vector<IdleRule> found_;
};

}  // namespace

std::vector<IdleRule> idle_views(const Policy& policy) { return Views(policy).found(); }

}  // namespace rind::hook
