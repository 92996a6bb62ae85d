#include "helper/causes/causes.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

#include "common/base/json.h"
#include "common/base/text.h"
#include "helper/causes/denied_calls.h"
#include "helper/causes/outside.h"
#include "helper/facts/node_facts.h"
#include "helper/plan/access.h"
#include "helper/plan/opening.h"

namespace rind {
namespace {

using Want = FailedCall::Want;

std::string verb_of(const FailedCall& call) {
  switch (call.want) {
    case Want::kLook:
      return "find";
    case Want::kRead:
      return "read";
    case Want::kWrite:
      return "write";
    case Want::kCreate:
      return "make";
    case Want::kRemove:
      return "remove";
    case Want::kChange:
      return call.call;
    case Want::kExecute:
      return "execute";
    case Want::kRename:
      return call.call;
    case Want::kConnect:
      return "connect to";
    case Want::kCall:
      break;
  }
  return call.call;
}

// Tried by every program, or true of the builder's own processes alone.
bool is_in_passing(const std::string& path) {
  if (path.find("/__pycache__") != std::string::npos || path.find(".pyc") != std::string::npos) {
    return true;
  }
  return path.starts_with("/proc/self/") || path.starts_with("/proc/thread-self/") ||
         path == "/proc/self";
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("[::1]") ||
         address.starts_with("0.0.0.0:") || address.starts_with("[::]:");
}

class Judge {
 public:
  Judge(const Policy& policy, const Plan& plan)
      : policy_(policy),
        plan_(plan),
        facts_(gather_access_facts()),
        capabilities_(own_capabilities()) {}

  std::optional<Cause> cause_of(const FailedCall& call) const {
    if (call.code == EMFILE || call.want == Want::kCall) {
      return cause_of_call(plan_, call, capabilities_);
    }
    if (call.code == ENOSPC || call.code == EDQUOT) return full(call);
    if (!call.path.starts_with("/")) return address(call);
    if (is_in_passing(call.path)) return std::nullopt;
    if (call.code == EXDEV) return across(call);
    return path(call);
  }

 private:
  std::optional<Cause> denied(const FailedCall& call, const Access& access, Action action) const {
    const Answer& answer = access.of(action);
    if (answer.allowed || answer.denial == Denial::kAbsent || answer.denial == Denial::kKind) {
      return std::nullopt;
    }
    const Opening opening = opening_of(policy_, plan_, access, action, facts_);
    const std::string object =
        call.want == Want::kRename ? call.path + " to " + call.other : call.path;
    // access(2) asks, and programs can do without.
    const bool weak = call.call == "access" && action != Action::kRead;
    return Cause{verb_of(call) + " " + object + ": " + answer.why, opening.line, opening.also,
                 weak};
  }

  std::optional<Cause> path(const FailedCall& call) const {
    if (call.call == "mknod" && call.code == EPERM) {
      return cause_of_call(plan_, call, capabilities_);
    }
    if (!builder_may(call)) return std::nullopt;
    const Access access = access_of(plan_, call.path, facts_);
    switch (call.want) {
      case Want::kLook:
        return access.exists() ? std::nullopt : denied(call, access, Action::kRead);
      case Want::kRead:
        return denied(call, access, Action::kRead);
      case Want::kExecute:
        return denied(call, access, Action::kExecute);
      case Want::kWrite:
        return denied(call, access, access.exists() ? Action::kWrite : Action::kCreate);
      case Want::kCreate:
        return denied(call, access, Action::kCreate);
      case Want::kRemove:
        return entry(call, call.path);
      case Want::kRename:
        if (auto found = entry(call, call.path)) return found;
        return entry(call, call.other);
      case Want::kChange:
        return change(call, access);
      case Want::kConnect:
        return denied(call, access, Action::kConnect);
      case Want::kCall:
        break;
    }
    return std::nullopt;
  }

  // The entry of a directory was to be removed or renamed.
  std::optional<Cause> entry(const FailedCall& call, const std::string& path) const {
    if (call.code == EBUSY) {
      return Cause{verb_of(call) + " " + path + ": it is a mount in the step",
                   {},
                   "write to the file instead of replacing it",
                   false};
    }
    return denied(call, access_of(plan_, parent_of(path), facts_), Action::kCreate);
  }

  std::optional<Cause> change(const FailedCall& call, const Access& access) const {
    if (access.own && call.call == "chown") return cause_of_call(plan_, call, capabilities_);
    if (auto found = denied(call, access, Action::kWrite)) return found;
    if (access.own) return std::nullopt;
    return cause_of_call(plan_, {Want::kCall, call.code, "chown", call.path, {}}, capabilities_);
  }

  std::optional<Cause> across(const FailedCall& call) const {
    if (!builder_may(call)) return std::nullopt;
    return Cause{call.call + " " + call.path + " to " + call.other +
                     ": they are in different mounts of the step",
                 {},
                 "copy the file (shutil.move, mv); no key of the policy joins them",
                 false};
  }

  std::optional<Cause> full(const FailedCall& call) const {
    const PlannedView* view = deciding_view(plan_, call.path);
    const bool sized = view != nullptr && view->kind == PlannedView::Kind::kView && view->size != 0;
    const bool in_memory = sized && (view->view == View::kCow || view->backing == Backing::kMemory);
    if (!in_memory) {
      return Cause{
          "write " + call.path + ": its file system is full", {}, "make room on its disk", false};
    }
    Cause cause = {"write " + call.path + ": the view " + view->rule + " is full (its size is " +
                       std::to_string(view->size) + " bytes)",
                   {},
                   {},
                   false};
    if (view->rule.starts_with("views.")) {
      const std::string key = view->rule.substr(std::string("views.").size());
      cause.line = Json{{"views", {{key, {{"size", view->size * 4}}}}}}.dump(
          -1, ' ', true, Json::error_handler_t::replace);
    }
    return cause;
  }

  std::optional<Cause> address(const FailedCall& call) const {
    if (plan_.network != Network::kNone || call.path.empty()) return std::nullopt;
    const bool local = is_loopback(call.path) || call.path.starts_with("@");
    if (local && !is_served(call.path)) return std::nullopt;
    if (!local && !has_interfaces()) return std::nullopt;
    return Cause{"connect to " + call.path +
                     (local ? ": that server is the container's, and the step has a network of "
                              "its own"
                            : ": the step has no network"),
                 R"({"network": "container"})",
                 "in a rule of this package: the step then reaches all that the container reaches",
                 false};
  }

  const Policy& policy_;
  const Plan& plan_;
  const AccessFacts facts_;
  const uint64_t capabilities_;
};

}  // namespace

std::vector<Cause> find_causes(const Policy& policy, const Plan& plan,
                               const std::vector<FailedCall>& calls) {
  constexpr size_t kMost = 64;
  std::vector<Cause> causes;
  if (calls.empty()) return causes;
  const Judge judge(policy, plan);
  std::set<std::string> seen, said;
  for (auto call = calls.rbegin(); call != calls.rend() && causes.size() < kMost; ++call) {
    if (!seen.insert(encode(*call)).second) continue;
    std::optional<Cause> cause = judge.cause_of(*call);
    if (!cause || !said.insert(cause->what).second) continue;
    causes.push_back(std::move(*cause));
  }
  std::stable_partition(causes.begin(), causes.end(), [](const Cause& c) { return !c.weak; });
  return causes;
}

}  // namespace rind
