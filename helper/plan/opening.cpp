#include "helper/plan/opening.h"

#include <algorithm>
#include <cstdio>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/step_tree.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

using Type = NodeFact::Type;

std::string line_of(const Json& patch) {
  return patch.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Paths are keys, so no initializer lists: {{"a", x}} could also be an array.
std::string view_line(const std::string& key, const Json& view) {
  Json views = Json::object(), patch = Json::object();
  views[key] = view;
  patch["views"] = std::move(views);
  return line_of(patch);
}

Json cow_view() {
  return {{"view", "cow"}, {"size", 1073741824}, {"directories", 4096}, {"fallback", "private"}};
}

Json lent_view() { return {{"view", "rw"}, {"lend", true}}; }

// The key of the policy's `views` that made a rule; "" for other rules.
std::string key_of(const std::string& rule) {
  constexpr std::string_view kPrefix = "views.";
  return rule.starts_with(kPrefix) ? rule.substr(kPrefix.size()) : std::string();
}

// Files in which tools of people keep passwords among other settings. In a view they stay in sight;
// no line is to open them.
bool may_hold_passwords(const std::string& name) {
  static const std::vector<std::string> kPatterns = {
      "settings.xml", "settings-security.xml", "gradle.properties", "*_history", ".curlrc",
      ".wgetrc",      "keyring_pass.cfg"};
  return std::any_of(kPatterns.begin(), kPatterns.end(),
                     [&](const std::string& pattern) { return glob_match(pattern, name, true); });
}

bool names_credentials_anywhere(const std::string& path) {
  const std::vector<std::string> parts = split(path, '/');
  return std::any_of(parts.begin(), parts.end(), is_credentials_name) ||
         std::any_of(parts.begin(), parts.end(), may_hold_passwords) || path == "/etc/shadow" ||
         path == "/etc/gshadow" || is_within(path, "/run/secrets");
}

// Directories in HOME that all programs of a user share.
bool is_of_all_programs(const std::string& path) {
  const std::string name = base_name(path);
  return name == ".cache" || name == ".local" || base_name(parent_of(path)) == ".local" ||
         name == ".m2" || name == ".gradle";
}

// Why no view may show a path that is hidden; "" when one may.
std::string why_not_shown(const Policy& policy, const Plan& plan, const Access& access,
                          const NodeFact& fact) {
  const auto hides = [&](const std::string& hidden) { return is_within(access.path, hidden); };
  if (access.rule.starts_with("hide ") ||
      std::any_of(policy.hide.begin(), policy.hide.end(), hides)) {
    return "`hide` in the policy wins over every view";
  }
  if (access.view == "proc") return "the container masks it in /proc";
  if (access.rule == "record.directory") return "the records are for the operator alone";
  if (fact.type == Type::kSocket || access.rule == "a socket of the host") {
    return "it is a socket: through it a step would reach a process outside of its sandbox";
  }
  if (names_credentials_anywhere(access.path)) return "by its name it holds credentials";
  if (is_within(access.path, "/dev")) return "the policy takes no views of files in /dev";
  if (access.rule == "other packages' work") {
    const std::string own = access.place + "/" + plan.package;
    const bool beside = base_name(access.place) == plan.package || is_within(access.path, own);
    return beside ? "beside its sources a hook makes nothing, and a command only directories, on a "
                    "file system with user attributes (tmpfs: since Linux 6.6)"
                  : "it belongs to the build of another package";
  }
  const bool is_shared = fact.type == Type::kDirectory && is_of_all_programs(access.path);
  if (access.place == access.path || is_shared) {
    return "it holds more than one step needs; name what the step needs in it";
  }
  return {};
}

std::string letter(Action action) {
  return action == Action::kRead ? "r" : action == Action::kExecute ? "x" : "w";
}

// People paste it: a package chose the path, which may have any characters.
std::string chmod_line(const std::string& rights, const std::string& path) {
  return "run `chmod o+" + rights + " " + shell_word(path) + "` where the image is made";
}

// What the owner and mode of the container's file still deny after a view has opened it.
std::string mode_denies(const Plan& plan, const NodeFact& fact, const std::string& path,
                        Action action, const AccessFacts& facts) {
  if (fact.type == Type::kAbsent || fact.type == Type::kUnknown) return {};
  StepNode node;
  node.fact = fact;
  node.own = keeps_builders_ids(plan) && fact.uid == plan.uid;
  const unsigned rights = rights_of_step(plan, facts, node);
  const bool directory = fact.type == Type::kDirectory;
  std::string missing;
  if ((rights & kReadRight) == 0 && (directory || action == Action::kRead)) missing += "r";
  if ((rights & kSearchRight) == 0 && (directory || action == Action::kExecute)) missing += "x";
  if (missing.empty()) return {};
  return "its owner and mode deny it, too: " + chmod_line(missing, path);
}

Opening show(const Policy& policy, const Plan& plan, const Access& access, Action action,
             const AccessFacts& facts) {
  const NodeFact fact = facts.look(access.path);
  const std::string why = why_not_shown(policy, plan, access, fact);
  if (!why.empty()) return {"", why};
  const bool changes = action == Action::kWrite || action == Action::kCreate;
  if (fact.type == Type::kAbsent) {
    return {"", changes ? "let the build write below its sources, $TMPDIR or $HOME" : ""};
  }
  if (!changes) {
    return {view_line(access.path, "ro"), mode_denies(plan, fact, access.path, action, facts)};
  }
  if (fact.type == Type::kDirectory) {
    return {view_line(access.path, cow_view()), "what a step writes there is thrown away"};
  }
  return {"", "a file that steps change would carry one package's data to the next"};
}

// A place that the step may not change.
Opening let_write(const Access& access, const std::string& at, const AccessFacts& facts) {
  if (access.view == "devices" || access.view == "proc") return {};
  const bool of_policy = access.rule == "the root is read-only" || !key_of(access.rule).empty();
  if (!of_policy) return {"", "it is " + access.rule + ", which no step changes"};
  const std::string directory = facts.look(at).type == Type::kDirectory ? at : parent_of(at);
  const bool of_system = is_of_the_system(directory) && !is_within(directory, "/usr/local");
  if (of_system || is_within(directory, "/etc") || directory == "/var") {
    return {"",
            "no view lets a step change the system's files; let the build write below its "
            "sources, $TMPDIR or $HOME"};
  }
  return {view_line(directory, cow_view()),
          "what a step writes there is thrown away; " + line_of(lent_view()) +
              " instead keeps it, for every package that comes after"};
}

Opening let_execute(const Policy& policy, const Access& access) {
  const std::string key = key_of(access.rule);
  const bool known = std::any_of(policy.views.begin(), policy.views.end(),
                                 [&](const auto& view) { return view.first == key; });
  if (!known) return {"", "noexec comes from " + access.rule};
  return {view_line(key, {{"noexec", false}}), ""};
}

Opening let_by_mode(const Access& access, const Answer& answer, Action action) {
  const std::string key = key_of(access.rule);
  const bool changes = action == Action::kWrite || action == Action::kCreate;
  if (changes && access.view == "rw" && !key.empty()) {
    return {view_line(key, lent_view()), "with `lend` the tree is the step's own while it runs"};
  }
  if (changes && access.own) {
    return {"", "a step has no right to pass over modes: let the build run chmod u+w first"};
  }
  if (changes) return {"", "the step's uid may not write there, and no key of the policy lets it"};
  return {"", "the policy cannot give it: " + chmod_line(letter(action), answer.at)};
}

Opening open_way(const Plan& plan, const Access& access, Action action, const AccessFacts& facts) {
  const std::string chmod = chmod_line("x", access.of(action).at);
  const NodeFact fact = facts.look(access.path);
  const bool shown = fact.type != Type::kAbsent && fact.type != Type::kUnknown;
  if (!shown || names_credentials_anywhere(access.path) || fact.type == Type::kSocket ||
      action == Action::kWrite || action == Action::kCreate) {
    return {"", chmod};
  }
  const std::string also = mode_denies(plan, fact, access.path, action, facts);
  return {view_line(access.path, "ro"), also.empty() ? "or " + chmod : also};
}

Opening give_device(const Policy& policy, const Access& access) {
  Json devices = policy.devices;
  devices.push_back(access.path.substr(access.place.size() + 1));
  Json patch = Json::object();
  patch["devices"] = std::move(devices);
  return {line_of(patch), ""};
}

Opening open_by_policy(const Policy& policy, const Plan& plan, const Access& access, Action action,
                       const AccessFacts& facts) {
  const Answer& answer = access.of(action);
  switch (answer.denial) {
    case Denial::kNone:
    case Denial::kKind:
    case Denial::kProcess:
      return {};
    case Denial::kAbsent:
      if (action == Action::kCreate) return {};
      return {"", "the container does not have it: add it to the image, or mount it"};
    case Denial::kHidden:
      return show(policy, plan, access, action, facts);
    case Denial::kReadOnlyView:
      return let_write(access, answer.at, facts);
    case Denial::kReadOnlyMount:
      return {"", "mount it writable in the container"};
    case Denial::kNoexecView:
      return let_execute(policy, access);
    case Denial::kNoexecMount:
      return {"", "mount it without noexec in the container"};
    case Denial::kMode:
      return let_by_mode(access, answer, action);
    case Denial::kWay:
      return open_way(plan, access, action, facts);
    case Denial::kLink:
      return {"", "name the file itself, not the link"};
    case Denial::kCow:
      return {"", "let the build replace the file, or write elsewhere"};
    case Denial::kDevice:
      return give_device(policy, access);
  }
  return {};
}

}  // namespace

Opening opening_of(const Policy& policy, const Plan& plan, const Access& access, Action action,
                   const AccessFacts& facts) {
  Opening opening = open_by_policy(policy, plan, access, action, facts);
  // What is printed would be no JSON, or would name another file.
  const bool is_plain =
      printable(access.path) == access.path && printable(opening.line) == opening.line;
  if (!opening.line.empty() && !is_plain) {
    return {"", "its name has characters that a line of the policy cannot show: rename it"};
  }
  return opening;
}

}  // namespace rind
