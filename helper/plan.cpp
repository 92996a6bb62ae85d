#include "helper/plan.h"

#include <algorithm>

#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"
#include "helper/plan_views.h"

namespace rind {
namespace {

constexpr unsigned kCapSetfcap = 31;  // CAP_SETFCAP

bool is_containers_own(const kit::Manifest& manifest, const std::string& name,
                       const std::string& value) {
  const auto found = manifest.environment.find(name);
  return found != manifest.environment.end() && found->second == sha256_hex(value);
}

void require_identity(const Facts& facts) {
  // Linux 5.12: mapping the parent's uid 0 takes CAP_SETFCAP.
  if (facts.uid == 0 && (facts.capabilities >> kCapSetfcap & 1) == 0) {
    throw Error("give the step its identity",
                "the container's root lacks CAP_SETFCAP, which mapping uid 0 takes",
                "run the container with --cap-add SETFCAP, or as another user than root");
  }
}

bool is_writable(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  if (view == nullptr || view->kind != PlannedView::Kind::kView || !view->directory) return false;
  if (view->view == View::kRw) return true;
  // Below the top of a private view nothing exists yet.
  return view->view == View::kPrivate && view->path == path;
}

void set_variable(std::vector<std::string>& environment, const std::string& name,
                  const std::string& value) {
  const std::string prefix = name + "=";
  environment.erase(std::remove_if(environment.begin(), environment.end(),
                                   [&](const auto& e) { return e.rfind(prefix, 0) == 0; }),
                    environment.end());
  environment.push_back(prefix + value);
}

// The first of the directories that the step can write to.
std::string first_writable(const Plan& plan, const std::vector<std::string>& candidates) {
  for (const auto& path : candidates) {
    if (!path.empty() && is_writable(plan, path)) return path;
  }
  return {};
}

void decide_variables(Plan& plan, const Policy& policy, const Call& call, const Facts& facts) {
  plan.decisions = decide_environment(policy.environment, call.environment,
                                      [&](const std::string& name, const std::string& value) {
                                        return !is_containers_own(facts.manifest, name, value);
                                      });
  for (size_t i = 0; i < call.environment.size(); ++i) {
    if (plan.decisions[i].kept) plan.environment.push_back(call.environment[i]);
  }
}

// The absolute paths in the values of the step's variables, and its program.
std::vector<std::string> used_paths(const Plan& plan, const CallFacts& call_facts) {
  std::vector<std::string> used = {call_facts.executable, call_facts.found_at};
  for (const auto& entry : plan.environment) {
    for (const auto& part : split(entry.substr(entry.find('=') + 1), ':')) {
      if (!part.empty() && part[0] == '/') used.push_back(part);
    }
  }
  return used;
}

// HOME, TMPDIR and the user's name as they are inside. A HOME that is hidden or read-only would
// break tools that write there.
void set_inner_variables(Plan& plan, const Facts& facts) {
  const auto canonical = [&](const std::string& name) {
    const auto found = facts.paths.find("$" + name);
    if (found == facts.paths.end() || found->second.empty()) return std::string();
    return found->second.front().canonical;  // the call's own value
  };
  const std::string tmp = first_writable(plan, {canonical("TMPDIR"), "/tmp", "/var/tmp"});
  const std::string home = first_writable(plan, {canonical("HOME"), tmp});
  if (!home.empty()) set_variable(plan.environment, "HOME", home);
  if (!tmp.empty()) set_variable(plan.environment, "TMPDIR", tmp);
  set_variable(plan.environment, "USER", facts.user_name);
  set_variable(plan.environment, "LOGNAME", facts.user_name);
}

}  // namespace

const PlannedView* deciding_view(const Plan& plan, const std::string& path) {
  const PlannedView* deciding = nullptr;
  // Outermost first: the last one that holds the path is on top.
  for (const auto& view : plan.views) {
    if (is_within(path, view.path)) deciding = &view;
  }
  return deciding;
}

Plan make_plan(const Policy& policy, const Call& call, const CallFacts& call_facts,
               const Step& step, const Facts& facts, const std::vector<ExtraView>& extra) {
  require_identity(facts);
  Plan plan;
  plan.uid = facts.uid;
  plan.gid = facts.gid;
  plan.command = call.command;
  plan.cwd = call_facts.cwd;
  plan.null_stdin = step.kind == Step::Kind::kHook;
  plan.devices = policy.devices;
  plan.terminals = policy.terminals;
  for (const auto& path : facts.manifest.masked_paths) {
    if (is_within(path, "/proc")) plan.masked_proc.push_back(path);
  }
  decide_variables(plan, policy, call, facts);
  plan.views = plan_views(policy, step, facts, extra, plan.cwd, used_paths(plan, call_facts));
  set_inner_variables(plan, facts);
  return plan;
}

}  // namespace rind
