#include "helper/plan/explain_access.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "common/base/json.h"
#include "helper/plan/explain.h"
#include "helper/plan/opening.h"

namespace rind {
namespace {

using Type = NodeFact::Type;

std::string quoted(const std::string& path) {
  return Json(path).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string mode_digits(unsigned mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04o", mode);
  return buffer;
}

// How the path looks, before any right: "hidden (not there)".
std::string look_of(const Access& access) {
  if (access.exists() || access.view == "devices" || access.view == "proc") return access.view;
  if (access.read.allowed || access.read.denial == Denial::kWay) return access.view;
  if (access.view == "hidden") return "hidden (not there)";
  if (access.view == "private") return "private (not there at first)";
  return access.view;
}

std::string owner_text(const Access& access) {
  if (!access.exists() || access.fact.type == Type::kUnknown) return {};
  std::string text = "  " + to_string(access.fact.type) + ", mode " + mode_digits(access.fact.mode);
  if (!access.fact.acl.empty()) text += " with an ACL";
  if (access.own) return text + ", the step's own\n";
  return text + ", uid " + std::to_string(access.fact.uid) + ", gid " +
         std::to_string(access.fact.gid) + "\n";
}

// What is worth a line for a file of this type.
std::vector<Action> actions_for(const Access& access) {
  switch (access.fact.type) {
    case Type::kAbsent:
      if (access.read.allowed || access.read.denial != Denial::kAbsent) {
        return {Action::kRead, Action::kCreate};
      }
      return {Action::kCreate};
    case Type::kDirectory:
      return {Action::kRead, Action::kExecute, Action::kCreate};
    case Type::kSocket:
      return {Action::kConnect};
    case Type::kFile:
      return {Action::kRead, Action::kWrite, Action::kExecute};
    default:
      return {Action::kRead, Action::kWrite};
  }
}

std::string word_for(Action action, Type type) {
  const bool directory = type == Type::kDirectory;
  switch (action) {
    case Action::kRead:
      return directory ? "listable" : "readable";
    case Action::kWrite:
      return "writable";
    case Action::kExecute:
      return directory ? "searchable" : "executable";
    case Action::kCreate:
      return directory ? "files can be made in it" : "it can be made";
    case Action::kConnect:
      return "connectable";
  }
  return {};
}

std::string negated(const std::string& word) {
  if (word == "files can be made in it") return "no files can be made in it";
  if (word == "it can be made") return "it cannot be made";
  return "not " + word;
}

// A hidden file or directory is there, and empty.
bool is_empty(const Access& access) {
  const bool hidden = access.view == "hidden" && access.place == access.path;
  return hidden || access.rule.starts_with("masked");
}

// Not every program has an execute bit to miss.
bool is_worth_opening(const Access& access, Action action) {
  const bool plain_file = access.fact.type == Type::kFile && action == Action::kExecute &&
                          (access.fact.mode & 0111U) == 0;
  return !access.of(action).allowed && !plain_file;
}

}  // namespace

Json access_json(const Policy& policy, const Plan& plan, const Access& access,
                 const AccessFacts& facts) {
  Json allowed = Json::object(), denied = Json::object(), opens = Json::object();
  for (const Action action : kActions) {
    const Answer& answer = access.of(action);
    allowed[to_string(action)] = answer.allowed;
    if (answer.allowed) continue;
    denied[to_string(action)] = {
        {"by", to_string(answer.denial)}, {"why", answer.why}, {"at", answer.at}};
    const Opening opening = opening_of(policy, plan, access, action, facts);
    if (opening.line.empty() && opening.also.empty()) continue;
    opens[to_string(action)] = {
        {"policy", opening.line.empty() ? Json() : Json::parse(opening.line)},
        {"note", opening.also}};
  }
  Json out = {{"asked", access.asked},
              {"path", access.path},
              {"links", access.links},
              {"exists", access.exists()},
              {"in_container", access.container},
              {"view", access.view},
              {"rule", access.rule},
              {"at", access.place.empty() ? "/" : access.place},
              {"access", std::move(allowed)},
              {"denied", std::move(denied)},
              {"opens", std::move(opens)}};
  if (access.exists()) {
    out["type"] = to_string(access.fact.type);
    out["mode"] = mode_digits(access.fact.mode);
    out["own"] = access.own;
    if (!access.own) out["uid"] = access.fact.uid;
    if (!access.own) out["gid"] = access.fact.gid;
  }
  const std::string taken = taken_from(plan, access.place);
  if (!taken.empty()) out["taken"] = taken;
  if (access.depends_on_process) out["depends_on_process"] = true;
  return out;
}

std::string access_text(const Policy& policy, const Plan& plan, const Access& access,
                        const AccessFacts& facts) {
  std::string out = quoted(access.asked) + " is " + look_of(access) + ": " + access.rule;
  if (!access.place.empty()) out += ", by the view of " + quoted(access.place);
  out += "\n";
  if (access.path != access.asked) out += "  it leads to " + access.path + "\n";
  if (access.depends_on_process) out += "  what is there depends on the process that looks\n";
  const std::string taken = taken_from(plan, access.place);
  if (!taken.empty()) out += "  " + taken + "\n";
  out += owner_text(access);
  if (!access.exists() && access.read.denial == Denial::kAbsent) {
    out += "  it does not exist in the container\n";
  }
  std::string opens;
  for (const Action action : actions_for(access)) {
    const Answer& answer = access.of(action);
    const std::string word = word_for(action, access.fact.type);
    const bool empty = answer.allowed && action == Action::kRead && is_empty(access);
    out += "  " + (answer.allowed ? word : negated(word) + ": " + answer.why) +
           (empty ? ", and empty" : "") + "\n";
    if (!is_worth_opening(access, action)) continue;
    const Opening opening = opening_of(policy, plan, access, action, facts);
    std::string line = opening.line;
    if (!opening.also.empty())
      line += (line.empty() ? "" : "\n    (") + opening.also + (line.empty() ? "" : ")");
    if (line.empty() || opens.find(line) != std::string::npos) continue;
    opens += "  to " + to_string(action) + ": " + line + "\n";
  }
  return out + opens;
}

}  // namespace rind
