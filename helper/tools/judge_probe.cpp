#include "helper/tools/judge_probe.h"

#include <set>

namespace rind {
namespace {

using State = Finding::State;

constexpr const char* kRemedy =
    "run the check again, since the container may have changed meanwhile; if it fails again, "
    "report an error in Rind";

Finding judged(const std::string& id, bool good, const std::string& found) {
  return {good ? State::kOk : State::kFailed, id, found, good ? "" : kRemedy};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

Finding judge_namespaces(const Plan& plan, const Seen& builder, const Seen& step) {
  std::vector<std::string> required, shared;
  for (const auto& kind : plan.namespaces) required.emplace_back(kind.file);
  for (const auto& name : required) {
    const auto own = step.namespaces.find(name);
    const auto builders = builder.namespaces.find(name);
    if (own == step.namespaces.end() || builders == builder.namespaces.end() ||
        own->second == builders->second) {
      shared.push_back(name);
    }
  }
  return judged("step.namespaces", shared.empty(),
                shared.empty() ? "the step's own: " + joined(required)
                               : "shared with the builder: " + joined(shared));
}

Finding judge_identity(const Plan& plan, const Seen& builder, const Seen& step) {
  const std::string ids = std::to_string(step.outer_uid) + ":" + std::to_string(step.outer_gid);
  const bool as_planned = step.uid == plan.inner_uid && step.gid == plan.inner_gid &&
                          step.outer_uid == plan.uid && step.outer_gid == plan.gid;
  if (plan.identity.mode == PlannedIdentity::Mode::kEphemeral) {
    const bool own = step.outer_uid != builder.uid && step.outer_gid != builder.gid;
    return judged("step.identity", as_planned && own,
                  "ephemeral, " + ids + ", inside " + std::to_string(step.uid) + ":" +
                      std::to_string(step.gid));
  }
  if (!as_planned) return judged("step.identity", false, "self, " + ids);
  const std::string reason = plan.identity.reason;
  return {reason.empty() ? State::kOk : State::kWarning, "step.identity",
          "the builder's own, " + ids + (reason.empty() ? "" : ": " + reason),
          reason.empty() ? "" : "see identity in rind-policy(5)"};
}

Finding judge_privileges(const Seen& step) {
  std::vector<std::string> held;
  for (const auto& [name, set] : step.capabilities) {
    if (set != 0) held.push_back(name);
  }
  if (!step.no_new_privs) held.emplace_back("no_new_privs is not set");
  return judged("step.privileges", held.empty() && !step.capabilities.empty(),
                held.empty() ? "no capabilities, no_new_privs" : joined(held));
}

// The container may have filters: the step must have at least one more.
Finding judge_seccomp(const Plan& plan, const Seen& builder, const Seen& step) {
  constexpr unsigned kFilter = 2;
  if (plan.seccomp == SeccompProfile::kNone) {
    return {State::kWarning, "step.seccomp",
            "the policy asks for no filter in addition to the container's",
            "set seccomp to \"native\" in the policy"};
  }
  const bool good =
      step.seccomp == kFilter && (step.filters == 0 || step.filters > builder.filters);
  return judged(
      "step.seccomp", good,
      good ? to_string(plan.seccomp) + " filter" : "no filter in addition to the container's");
}

Finding judge_proc(const Seen& step) {
  // The step's pid 1 and the process that looked.
  constexpr size_t kOwn = 2;
  const bool good = step.proc_read_only && step.processes.size() == kOwn;
  return judged("step.proc", good,
                std::to_string(step.processes.size()) + " visible processes, " +
                    (step.proc_read_only ? "read-only" : "writable"));
}

// The first component of `path` below `top`; "" when `path` is not below it.
std::string next_below(const std::string& path, const std::string& top) {
  const std::string prefix = top == "/" ? top : top + "/";
  if (!path.starts_with(prefix)) return {};
  return path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
}

// An empty HOME may contain only the way to views further inside.
Finding judge_home(const Plan& plan, const Seen& step) {
  const std::string id = "step.home";
  const PlannedView* view = deciding_view(plan, step.home);
  if (step.home.empty() || view == nullptr || view->path != step.home ||
      (view->view != View::kPrivate && view->view != View::kHidden)) {
    return {State::kOk, id, "the policy does not make HOME empty", ""};
  }
  std::set<std::string> planned;
  for (const auto& other : plan.views) planned.insert(next_below(other.path, step.home));
  for (const auto& point : view->skeleton)
    planned.insert(point.path.substr(0, point.path.find('/')));
  std::vector<std::string> left;
  for (const auto& entry : step.home_entries) {
    if (!planned.contains(entry)) left.push_back(entry);
  }
  return judged(id, left.empty(),
                left.empty() ? step.home + " is empty" : step.home + " still has " + joined(left));
}

Finding judge_network(const Plan& plan, const Seen& step) {
  const std::string found = "interfaces: " + joined(step.interfaces);
  if (plan.network != Network::kNone) {
    return {State::kWarning, "step.network", "the container's; " + found,
            "set network to \"none\" in the policy"};
  }
  return judged("step.network", step.interfaces == std::vector<std::string>{"lo"}, found);
}

}  // namespace

Findings judge_step(const Plan& plan, const Seen& builder, const Seen& step) {
  return {judge_namespaces(plan, builder, step),
          judge_identity(plan, builder, step),
          judge_privileges(step),
          judge_seccomp(plan, builder, step),
          judged("step.root", step.root_read_only,
                 step.root_read_only ? "/ is read-only" : "/ is writable"),
          judge_proc(step),
          judge_home(plan, step),
          judge_network(plan, step),
          judged("step.packages", step.environment_readable,
                 step.environment_readable
                     ? "it can read a build environment made with the container's umask"
                     : "it cannot read a build environment made with the container's umask")};
}

}  // namespace rind
