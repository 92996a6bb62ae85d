#include "helper/plan/views.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/plan/copies.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/rules.h"
#include "helper/plan/step_rules.h"
#include "helper/plan/told_rules.h"
#include "helper/plan/ways.h"

namespace rind {
namespace {

PlannedView special(const std::string& path, PlannedView::Kind kind, const std::string& rule) {
  PlannedView view = simple_view(path, View::kHidden, true, rule);
  view.kind = kind;
  return view;
}

// True when mounting `view` inside `outer` (nullptr: the read-only root) would change nothing.
bool changes_nothing(const PlannedView& view, const PlannedView* outer) {
  if (view.kind != PlannedView::Kind::kView || view.output || !view.skeleton.empty()) return false;
  const View around = outer == nullptr ? View::kRo : outer->view;
  const bool noexec_around = outer != nullptr && outer->noexec;
  // Nothing is left to hide inside an empty view.
  if (view.view == View::kHidden) return around == View::kPrivate || around == View::kHidden;
  if (view.noexec != noexec_around) return false;
  // A private view inside a private one is the same, and a cow view inside a cow one.
  return view.view == around;
}

// Removes views that change nothing. listed: closed directories of the call. Inside a private view
// such a directory would be writable, and writes to it would be lost.
std::vector<PlannedView> without_idle(std::vector<PlannedView> views,
                                      const std::vector<std::string>& listed) {
  std::vector<PlannedView> kept;
  for (auto& view : views) {
    const bool is_listed = std::find(listed.begin(), listed.end(), view.path) != listed.end();
    if (is_listed || !changes_nothing(view, holder(kept, view.path))) {
      kept.push_back(std::move(view));
    }
  }
  return kept;
}

// Hides the host's root: a builder may need it (cibuildwheel mounts it), a step does not. This is
// the weakest rule: a view of the policy that names the mount, or a path in it, wins.
void hide_host(Rules& rules, const Facts& facts) {
  for (const auto& mount : facts.host_mounts) {
    rules.add(kOutOfSight, simple_view(mount.path, View::kHidden, mount.directory, mount.rule));
  }
}

// Gives the step a private directory where a variable of a cache names one that does not exist: the
// build would make it, and cannot in a read-only directory.
void add_missing(Rules& rules, const Policy& policy, const Facts& facts,
                 const ViewRequest& request) {
  std::vector<PlannedView> views = rules.sorted();
  for (const auto& missing : facts.missing) {
    const auto spec = std::find_if(policy.views.begin(), policy.views.end(),
                                   [&](const auto& view) { return view.first == missing.key; });
    const bool kept = std::find(request.kept.begin(), request.kept.end(), missing.key.substr(1)) !=
                      request.kept.end();
    if (spec == policy.views.end() || !kept) continue;
    const PlannedView* around = holder(views, missing.path);
    const bool covered = around != nullptr && around->view == View::kHidden;
    if (around != nullptr && around->view != View::kRo && !covered) continue;
    PlannedView view = simple_view(missing.path, View::kPrivate, true, "views." + missing.key);
    view.size = spec->second.size;
    view.noexec = spec->second.noexec;
    // In a hidden directory the way to it is made, and no directory of the builder's is needed.
    view.made = !covered;
    view.backing = covered ? Backing::kMemory : Backing::kDisk;
    rules.add(kOutOfSight, std::move(view));
  }
}

void hide_everything(Rules& rules, const Facts& facts) {
  for (const auto& [path, directory] : facts.top_level) {
    if (path == "/dev" || path == "/proc") continue;
    rules.add(kOutOfSight, simple_view(path, View::kHidden, directory, "--replace-policy"));
  }
}

// /etc/passwd, where it names another home directory than HOME: that one is not to be written.
// Java and others ask there. helper/plan/plan.cpp sets the content, when HOME is decided.
void add_passwd(Rules& rules, const Facts& facts) {
  const auto passwd = facts.paths.find("/etc/passwd");
  if (facts.home_in_passwd.empty() || passwd == facts.paths.end()) return;
  if (passwd->second.front().type != PathFact::Type::kFile) return;
  const auto home = facts.paths.find("$HOME");
  if (home != facts.paths.end() && !home->second.empty() &&
      home->second.front().canonical == facts.home_in_passwd) {
    return;
  }
  PlannedView view = simple_view(passwd->second.front().canonical, View::kRo, false,
                                 "the home directory there is HOME");
  view.kind = PlannedView::Kind::kFile;
  view.content = facts.passwd;
  rules.add(kOutOfSight, std::move(view));
}

}  // namespace

std::vector<PlannedView> plan_views(const Policy& policy, const Facts& facts,
                                    const ViewRequest& request, std::vector<std::string>& notes) {
  Rules rules;
  hide_host(rules, facts);
  if (request.replace_policy) {
    hide_everything(rules, facts);
  } else {
    add_policy_rules(rules, policy, facts, request);
  }
  add_closed(rules, policy, facts);
  const std::vector<PlannedView> policy_views = rules.sorted();
  add_step_rules(rules, policy_views, policy, facts, request);
  if (!request.replace_policy) add_told(rules, policy_views, policy, facts, request);
  if (!request.replace_policy) add_linked_rules(rules, policy, facts);
  if (!request.replace_policy) add_missing(rules, policy, facts, request);
  if (request.ephemeral) open_ways(rules, facts, request);
  add_passwd(rules, facts);
  rules.add(kByStep, special("/dev", PlannedView::Kind::kDevices, "a minimal /dev"));
  rules.add(kByStep, special("/proc", PlannedView::Kind::kProc, "a procfs of the step's own"));

  std::vector<PlannedView> views = without_idle(rules.sorted(), facts.listed);
  hide_ways(views);
  std::vector<std::string> directories = {request.cwd};
  if (request.ephemeral) {
    for (const auto& path : facts.listed) {
      const bool hidden = is_hidden_away(policy, facts, path) || request.replace_policy;
      if (!hidden) directories.push_back(path);
    }
  }
  if (!request.replace_policy) {
    cover_settings(views, policy_views, policy, facts, request.ephemeral);
  }
  add_mount_points(views, directories, facts.links);
  if (!request.replace_policy) {
    notes = add_copies(views, policy_views, policy, facts, !request.names_git_settings);
  }
  return views;
}

}  // namespace rind
