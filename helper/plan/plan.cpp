#include "helper/plan/plan.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/names.h"
#include "common/base/text.h"
#include "helper/facts/passwd.h"
#include "helper/plan/capture_rules.h"
#include "helper/plan/git_settings.h"
#include "helper/plan/jobserver.h"
#include "helper/plan/lent_trees.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/process_share.h"
#include "helper/plan/read_notes.h"
#include "helper/plan/told_rules.h"
#include "helper/plan/views.h"
#include "helper/plan/ways.h"
#include "helper/step/distribution.h"

namespace rind {
namespace {

// The id in the parent namespace that `inside` is mapped to; the largest number when the map has
// none.
uint64_t outside_id(const std::vector<IdRange>& map, uint64_t inside) {
  for (const auto& range : map) {
    if (inside >= range.inside && inside - range.inside < range.count) {
      return range.outside + (inside - range.inside);
    }
  }
  return ~uint64_t{0};
}

bool is_containers_own(const kit::Manifest& manifest, const std::string& name,
                       const std::string& value) {
  const auto found = manifest.environment.find(name);
  return found != manifest.environment.end() &&
         (found->second.empty() || found->second == sha256_hex(value));
}

void require_limits(const Policy& policy, const Plan& plan, const Facts& facts) {
  // The kernel does not count the processes of its own uid 0 (RLIMIT_NPROC, setrlimit(2)).
  const bool uncounted = plan.identity.mode == PlannedIdentity::Mode::kSelf &&
                         outside_id(facts.uid_map, facts.uid) == 0;
  if (!policy.limits.processes || !uncounted || !policy.limits.processes_required) return;
  throw Error("limit the step's processes", "the kernel does not limit the processes of root",
              "give steps an identity of their own (identity.ephemeral), or set "
              "limits.processes_required to false in the policy");
}

// A step must leave some of the container's processes to the front end.
void lower_processes(Plan& plan, const Facts& facts) {
  if (!plan.limits.processes || !facts.pids_max) return;
  const uint64_t lower = processes_beside_others(*plan.limits.processes, *facts.pids_max);
  if (lower == *plan.limits.processes) return;
  plan.limits.processes = lower;
  plan.pids_max = *facts.pids_max;
}

bool is_writable(const Plan& plan, const std::string& path) {
  const PlannedView* view = deciding_view(plan, path);
  if (view == nullptr || view->kind != PlannedView::Kind::kView || !view->directory) return false;
  const bool lent = plan.identity.mode == PlannedIdentity::Mode::kSelf ||
                    std::any_of(plan.lent.begin(), plan.lent.end(),
                                [&](const LentTree& tree) { return is_within(path, tree.path); });
  if (view->view == View::kCow || (view->view == View::kRw && lent)) return true;
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

// Makes `home` the builder's home directory in the step's /etc/passwd.
void set_home_in_passwd(Plan& plan, const Facts& facts, const std::string& home) {
  // A colon would begin another field, a newline another user.
  if (home.find_first_of(":\n") != std::string::npos) return;
  for (auto& view : plan.views) {
    if (view.kind != PlannedView::Kind::kFile || base_name(view.path) != "passwd") continue;
    const auto field = home_field(view.content, facts.uid);
    if (!field) continue;
    const std::string own = view.content.substr(field->at, field->size);
    if (own != home) plan.other_home = own;
    view.content.replace(field->at, field->size, home);
  }
}

// The first of the directories that the step can write to.
std::string first_writable(const Plan& plan, const std::vector<std::string>& candidates) {
  for (const auto& path : candidates) {
    if (!path.empty() && is_writable(plan, path)) return path;
  }
  return {};
}

void decide_variables(Plan& plan, const Policy& policy, const Call& call,
                      const CallFacts& call_facts, const Facts& facts) {
  const auto& inherited = call_facts.front_ends_environment;
  const auto origin_of = [&](const std::string& name, const std::string& value) {
    if (is_containers_own(facts.manifest, name, value)) return VariableOrigin::kContainer;
    const bool started_with_it = !inherited || inherited->count(name + "=" + value) != 0;
    return started_with_it ? VariableOrigin::kFrontEnd : VariableOrigin::kStep;
  };
  plan.decisions = decide_environment(policy.environment, call.environment, origin_of);
  plan.withheld = withheld_for_step(plan.decisions);
  for (auto& decision : plan.decisions) {
    if (!decision.kept) continue;
    const std::string value =
        without_jobserver(decision.name, decision.value, call_facts.processors);
    if (value != decision.value) decision.cut = "the jobserver of the make outside";
    plan.environment.push_back(decision.name + "=" + value);
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

std::vector<std::string> kept_variables(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& decision : plan.decisions) {
    if (decision.kept) names.push_back(decision.name);
  }
  return names;
}

// Sets HOME and TMPDIR as they are inside. Tools that write to HOME fail if it is hidden or
// read-only.
void set_inner_variables(Plan& plan, const Facts& facts) {
  const auto canonical = [&](const std::string& name) {
    const auto found = facts.paths.find("$" + name);
    if (found == facts.paths.end() || found->second.empty()) return std::string();
    return found->second.front().canonical;  // the call's own value
  };
  const std::string tmp = first_writable(plan, {canonical("TMPDIR"), "/tmp", "/var/tmp"});
  const std::string home = first_writable(plan, {canonical("HOME"), tmp});
  if (!home.empty()) {
    set_variable(plan.environment, "HOME", home);
    set_home_in_passwd(plan, facts, home);
  }
  if (!tmp.empty()) set_variable(plan.environment, "TMPDIR", tmp);
  // ccache ends with an error where it cannot write its log.
  const std::string& log = facts.ccache_log;
  const bool absolute = !log.empty() && log[0] == '/';
  if (absolute && !is_writable(plan, parent_of(log))) {
    set_variable(plan.environment, "CCACHE_LOGFILE", "/dev/null");
  }
}

void add_places_of_credentials(Plan& plan, const Step& step, const Facts& facts) {
  const Facts::Repository& repository = facts.repository;
  for (const auto& path : {step.source, repository.top}) {
    if (!path.empty()) plan.projects.push_back(path);
  }
  if (!repository.git_directory.empty()) plan.git_directories.push_back(repository.git_directory);
  for (const auto& path : repository.directories) plan.git_directories.push_back(path);
}

// Puts git's settings into the step's private HOME, after those of the builder's if it has a copy,
// unless a view puts a file there.
void add_git_settings_file(Plan& plan) {
  constexpr const char* kName = ".gitconfig";
  using MountPoint = PlannedView::MountPoint;
  for (auto& view : plan.views) {
    const bool home = std::find(plan.environment.begin(), plan.environment.end(),
                                "HOME=" + view.path) != plan.environment.end();
    if (!home || view.view != View::kPrivate || view.output) continue;
    const auto found = std::find_if(view.skeleton.begin(), view.skeleton.end(),
                                    [&](const MountPoint& point) { return point.path == kName; });
    if (found == view.skeleton.end()) {
      view.skeleton.push_back({kName, MountPoint::kFile, git_settings_file()});
    } else if (found->type == MountPoint::kFile && !found->target.empty()) {
      found->target += git_settings_file();
    }
  }
}

// Throws Error when a project file is a link to a file that the step does not see. What the policy
// hides stays hidden: a package can make such a link.
void require_project_files(const Plan& plan, const Facts& facts) {
  for (const auto& [path, target] : facts.project_links) {
    const PlannedView* view = deciding_view(plan, target);
    if (view == nullptr || (view->view != View::kHidden && view->view != View::kPrivate)) continue;
    throw Error("show the sources to the step",
                path + " is a link to " + target + ", which is " + to_string(view->view) +
                    " for steps (" + view->rule + ")",
                "replace the link by a copy, or add \"" + parent_of(target) +
                    "\": \"ro\" to views in the policy");
  }
}

// A read-only tree stays as it is, so the step must be able to enter it as it is.
void require_open_sources(const Plan& plan, const Step& step, const Facts& facts) {
  const bool closed = facts.read_only.contains(step.source) &&
                      std::find(facts.unreadable.begin(), facts.unreadable.end(), step.source) !=
                          facts.unreadable.end();
  if (!closed || plan.identity.mode == PlannedIdentity::Mode::kSelf) return;
  throw Error(
      "show the sources to the step",
      step.source + " is on a read-only mount, and other users may not enter it",
      "run `chmod -R go+rX` on the sources where they are writable, mount them writable, or "
      "set identity.ephemeral to \"none\" in the policy");
}

// Owners other than the builder whose closed directories lead to paths of the step.
std::vector<Owner> third_owners(const Plan& plan, const Facts& facts) {
  std::vector<Owner> owners;
  for (const auto& [directory, owner] : facts.closed) {
    if (owner.uid == facts.uid) continue;
    const bool leads =
        std::any_of(plan.views.begin(), plan.views.end(), [&d = directory](const auto& view) {
          return view.view != View::kHidden && is_within(view.path, d);
        });
    if (leads && std::find(owners.begin(), owners.end(), owner) == owners.end()) {
      owners.push_back(owner);
    }
  }
  return owners;
}

std::vector<PlannedOutput> planned_outputs(const Step& step) {
  const bool known = distribution_of(step.package).has_value();
  using Kind = PlannedOutput::Kind;
  std::vector<PlannedOutput> outputs;
  if (!step.control.empty()) outputs.push_back({Kind::kControl, "control", step.control});
  for (const auto& output : step.outputs) {
    if (!output.writable) continue;
    const Kind kind = output.name == "sdist_directory"      ? Kind::kSdist
                      : output.name == "metadata_directory" ? Kind::kMetadata
                                                            : Kind::kWheel;
    outputs.push_back({kind, output.name, output.path, output.in_place,
                       known || output.packages_own, output.project});
  }
  return outputs;
}

// The trees of packages that the front end made for this build.
std::vector<std::string> readable_trees(const Step& step, const Facts& facts) {
  std::vector<std::string> trees = facts.made_for_build;
  if (!step.build_environment.empty()) trees.push_back(step.build_environment);
  return trees;
}

// The directories of packages that the step sees as the plan intends: with __pycache__ writable.
std::vector<std::string> packages_with_caches(const Plan& plan, const Facts& facts) {
  std::vector<std::string> directories;
  for (const auto& path : facts.package_directories) {
    const PlannedView* view = deciding_view(plan, path);
    if (view != nullptr && view->path == path && view->view == View::kRw)
      directories.push_back(path);
  }
  return directories;
}

std::vector<std::string> link_caches(const Plan& plan, const Facts& facts) {
  std::vector<std::string> caches;
  const auto found = facts.paths.find("$UV_CACHE_DIR");
  if (found == facts.paths.end()) return caches;
  for (const auto& fact : found->second) {
    const PlannedView* view = deciding_view(plan, fact.canonical);
    const bool shown =
        view == nullptr || (view->view != View::kHidden && view->view != View::kPrivate);
    if (shown && fact.type == PathFact::Type::kDirectory) caches.push_back(fact.canonical);
  }
  return caches;
}

// What the policy prefers and this container cannot give.
std::vector<std::string> absences(const Policy& policy, const Plan& plan, const Facts& facts) {
  std::vector<std::string> absent;
  if (policy.identity.ephemeral == Want::kPreferred && !plan.identity.reason.empty()) {
    absent.push_back("an identity of its own: " + plan.identity.reason);
  }
  absent.insert(absent.end(), plan.devices.faults.begin(), plan.devices.faults.end());
  const bool self = plan.identity.mode == PlannedIdentity::Mode::kSelf;
  if (policy.limits.processes && self && outside_id(facts.uid_map, facts.uid) == 0) {
    absent.emplace_back("a limit of processes: the kernel does not limit the processes of root");
  }
  return absent;
}

// Build hooks and pip do not read standard input.
bool reads_input(const Step& step) {
  using Kind = Step::Kind;
  return step.kind == Kind::kCommand || (step.kind == Kind::kEnvironment && !step.asks_interpreter);
}

// The originals that steps run: programs of entry points and interpreters. Only front ends run a
// script seam or unshare.
std::vector<Facts::Original> originals(const Facts& facts) {
  std::vector<Facts::Original> found = facts.copies;
  for (const auto& seam : facts.manifest.seams) {
    if (seam.kind == kit::SeamKind::kInterpreter || seam.kind == kit::SeamKind::kEntry) {
      found.push_back({seam.path, seam.original});
    }
  }
  return found;
}

}  // namespace

const PlannedView* deciding_view(const std::vector<PlannedView>& views, const std::string& path) {
  const PlannedView* deciding = nullptr;
  // Outermost first: the last one that holds the path is on top.
  for (const auto& view : views) {
    if (is_within(path, view.path)) deciding = &view;
  }
  return deciding;
}

const PlannedView* deciding_view(const Plan& plan, const std::string& path) {
  return deciding_view(plan.views, path);
}

std::string to_string(PlannedOutput::Kind kind) {
  using Kind = PlannedOutput::Kind;
  static constexpr Name<Kind> kNames[] = {{Kind::kControl, "control"},
                                          {Kind::kWheel, "wheel"},
                                          {Kind::kSdist, "sdist"},
                                          {Kind::kMetadata, "metadata"}};
  return name_of(kNames, kind);
}

Plan make_plan(const Policy& policy, const Call& call, const CallFacts& call_facts,
               const Step& step, const Facts& facts, const std::vector<ExtraView>& extra,
               bool replace_policy) {
  Plan plan;
  plan.identity = plan_identity(policy, facts);
  require_limits(policy, plan, facts);
  const bool ephemeral = plan.identity.mode == PlannedIdentity::Mode::kEphemeral;
  plan.builder_uid = plan.inner_uid = facts.uid;
  plan.builder_gid = plan.inner_gid = facts.gid;
  plan.network = policy.network;
  plan.namespaces = namespaces_of_step(plan.network);
  plan.limits = policy.limits;
  lower_processes(plan, facts);
  plan.seccomp = policy.seccomp;
  plan.command = call.command;
  plan.cwd = call_facts.cwd;
  // At the front end's terminal nobody types to a step, and a step could read what is typed to
  // others.
  plan.null_stdin = !reads_input(step) || call_facts.input_is_terminal;
  plan.tells_left = reads_input(step) && (call.by_interpreter || !step.build_environment.empty()) &&
                    step.kind != Step::Kind::kInstall;
  plan.reads_pipe =
      step.kind == Step::Kind::kEnvironment && !plan.null_stdin && call_facts.input_is_pipe;
  plan.devices = plan_devices(policy.devices, facts.devices, ephemeral, facts.gid);
  plan.terminals = policy.terminals;
  plan.originals = originals(facts);
  plan.package = step.package;
  plan.hook = step.hook;
  plan.outputs = planned_outputs(step);
  plan.artefact_names = policy.artefact_names;
  plan.recorded = policy.record.place != RecordRules::Place::kNone;
  for (const auto& path : facts.manifest.masked_paths) {
    if (is_within(path, "/proc")) plan.masked_proc.push_back(path);
  }
  decide_variables(plan, policy, call, call_facts, facts);
  const bool names_git = variable(call.environment, "GIT_CONFIG_GLOBAL").has_value();
  std::vector<std::string> no_copies;
  plan.views = plan_views(policy, facts,
                          {step, extra, plan.cwd, used_paths(plan, call_facts), ephemeral,
                           replace_policy, kept_variables(plan), names_git},
                          no_copies);
  plan.captures =
      planned_captures(plan.views, step, facts, distribution_of(step.package).has_value());
  plan.inner_environments = facts.inner_environments;
  if (step.kind == Step::Kind::kHook) require_project_files(plan, facts);
  require_open_sources(plan, step, facts);
  plan.absent = absences(policy, plan, facts);
  std::vector<LentTree> trees = lent_trees(policy, step, facts, extra, plan.views);
  for (const auto& tree : trees) {
    if (!ephemeral && tree.guarded) plan.guarded.push_back(tree.path);
  }
  if (ephemeral) {
    lend_inner_mounts(plan, trees, facts);
    plan.lent = trees;
    plan.readable = readable_trees(step, facts);
    plan.package_directories = packages_with_caches(plan, facts);
    plan.link_caches = link_caches(plan, facts);
    plan.identity.also_mapped = third_owners(plan, facts);
  }
  if (ephemeral) {
    plan.closed = unreadable(plan, facts);
    for (auto& note : closed_caches(policy, plan, facts, true)) {
      plan.closed.push_back(std::move(note));
    }
    for (auto& note : closed_caches(policy, plan, facts, false)) {
      plan.absent.push_back(std::move(note));
    }
  }
  plan.closed.insert(plan.closed.end(), no_copies.begin(), no_copies.end());
  plan.in_vain = told_in_vain(plan, facts);
  for (auto& note : linked_in_vain(policy, facts, plan)) plan.in_vain.push_back(std::move(note));
  add_places_of_credentials(plan, step, facts);
  for (auto& note : missing_of_repository(plan, facts)) plan.closed.push_back(std::move(note));
  set_inner_variables(plan, facts);
  add_git_settings(plan.environment);
  add_git_settings_file(plan);
  if (!ephemeral) {
    plan.uid = facts.uid;
    plan.gid = facts.gid;
  }
  return plan;
}

}  // namespace rind
