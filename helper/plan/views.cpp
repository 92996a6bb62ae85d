#include "helper/plan/views.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/text.h"
#include "helper/plan/rules.h"
#include "helper/plan/ways.h"

namespace rind {
namespace {

PlannedView policy_view(const std::string& key, const ViewSpec& spec, const PathFact& fact) {
  PlannedView view;
  view.path = fact.canonical;
  view.view = spec.view;
  view.backing = spec.backing;
  view.size = spec.size;
  // The container may have a smaller tmpfs there: one step must not fill more of its memory.
  const bool in_memory = spec.view == View::kPrivate && spec.backing == Backing::kMemory;
  if (in_memory && fact.tmpfs_bytes != 0) view.size = std::min(view.size, fact.tmpfs_bytes);
  view.directory = fact.type == PathFact::Type::kDirectory;
  view.noexec = spec.noexec;
  view.directories = spec.directories;
  view.fallback = spec.fallback;
  view.mode = (fact.mode & 01777) | 0700;
  view.rule = "views." + key;
  // A file can be neither private nor copy-on-write.
  if (!view.directory && view.view == View::kPrivate) view.view = View::kHidden;
  if (!view.directory && view.view == View::kCow) view.view = View::kRo;
  return view;
}

// The paths that a step needs: a directory that contains one is not hidden because of one file in
// it.
std::vector<std::string> needed_by(const Step& step, const Facts& facts, const std::string& cwd,
                                   std::vector<std::string> needed) {
  for (const auto& path :
       {step.build_environment, step.source, step.control, step.log, step.script, cwd}) {
    needed.push_back(path);
  }
  for (const auto& output : step.outputs) needed.push_back(output.path);
  for (const auto& part : facts.interpreter) needed.push_back(part.path);
  return needed;
}

bool is_of_the_system(const std::string& path) {
  for (const char* system : {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev"}) {
    if (is_within(path, system)) return true;
  }
  return path == "/" || path == "/etc";
}

bool may_be_hidden(const std::string& directory, const std::vector<std::string>& needed) {
  // A top-level or system directory contains more than somebody's credentials.
  if (directory.rfind('/') == 0 || is_of_the_system(directory)) return false;
  return std::none_of(needed.begin(), needed.end(),
                      [&](const std::string& path) { return is_within(path, directory); });
}

// Renaming a new file over a covered one removes the cover, and rotation of secrets does that; a
// cover on the directory stays. So a hidden file that a variable names is hidden with the
// directories through which it can be replaced, unless the step needs those.
void hide_what_replaces(Rules& rules, const PathFact& fact, const std::string& key,
                        const std::vector<std::string>& needed) {
  for (const auto& directory : fact.replaced_through) {
    if (!may_be_hidden(directory, needed)) continue;
    rules.add(kByVariable,
              simple_view(directory, View::kHidden, true, "views." + key + ", with its directory"));
  }
}

// `hide` wins over every view of a path or a variable at or below its paths, except views that show
// nothing (private, hidden).
void add_hidden_away(Rules& rules, const Policy& policy, const Facts& facts) {
  for (const auto& path : policy.hide) {
    const auto found = facts.paths.find(path);
    if (found == facts.paths.end()) continue;
    for (const PathFact& fact : found->second) {
      if (fact.type == PathFact::Type::kAbsent || fact.canonical == "/") continue;
      rules.add(kByEngine, simple_view(fact.canonical, View::kHidden,
                                       fact.type == PathFact::Type::kDirectory, "hide " + path));
    }
  }
}

void add_policy_rules(Rules& rules, const Policy& policy, const Facts& facts,
                      const std::vector<std::string>& needed) {
  for (const auto& [key, spec] : policy.views) {
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    const bool variable = key[0] == '$';
    for (const PathFact& fact : found->second) {
      if (fact.type == PathFact::Type::kAbsent || fact.canonical == "/") continue;
      // A HOME of "/" (unknown uid) or "/usr/sbin" (daemon) is not a home directory.
      const bool directory = fact.type == PathFact::Type::kDirectory;
      if (variable && directory && is_of_the_system(fact.canonical)) continue;
      // $NAME/BELOW names a directory that is in use, and one file in it.
      const bool names_a_file = key.find('/') == std::string::npos;
      if (spec.view == View::kHidden && names_a_file) {
        hide_what_replaces(rules, fact, key, needed);
      }
      PlannedView view = policy_view(key, spec, fact);
      // The step has one HOME. If the call has another HOME than the container, the container's is
      // hidden, by the weakest rule: it may also be TMPDIR.
      const bool other_home = &fact != &found->second.front() && view.view == View::kPrivate;
      if (other_home) view.view = View::kHidden;
      if (!covers(view) && is_hidden_away(policy, facts, view.path)) continue;
      const Strength strength = other_home ? kOutOfSight : variable ? kByVariable : kByPath;
      rules.add(strength, std::move(view));
    }
  }
}

// Rules that no view of the policy can open; they apply with --replace-policy, too.
void add_closed(Rules& rules, const Policy& policy, const Facts& facts) {
  add_hidden_away(rules, policy, facts);
  if (policy.record.place == RecordRules::Place::kContainer) {
    const auto found = facts.paths.find(policy.record.directory);
    if (found != facts.paths.end() && found->second.front().type == PathFact::Type::kDirectory) {
      rules.add(kByEngine, simple_view(found->second.front().canonical, View::kHidden, true,
                                       "record.directory"));
    }
  }
  for (const auto& path : facts.manifest.sockets) {
    const auto found = facts.paths.find(path);
    if (found == facts.paths.end()) continue;
    for (const PathFact& fact : found->second) {
      if (fact.type == PathFact::Type::kAbsent) continue;
      rules.add(kByEngine,
                simple_view(fact.canonical, View::kHidden, fact.type == PathFact::Type::kDirectory,
                            "a socket of the host"));
    }
  }
}

// A path of the step may be inside a hidden one, but must not be the hidden path itself: a wheel
// directory that is HOME would uncover HOME. Hidden paths further inside stay hidden: inner views
// are mounted later.
void require_uncovered(const std::vector<PlannedView>& policy_views, const PlannedView& view) {
  for (const auto& cover : policy_views) {
    if (cover.path == view.path && covers(cover)) {
      throw Error(
          "plan the step",
          view.rule + " " + view.path + " is " + to_string(cover.view) + " by " + cover.rule,
          "let the front end use a directory below it, or change that view in the policy");
    }
  }
}

void add_own(Rules& rules, const std::vector<PlannedView>& policy_views, PlannedView view) {
  require_uncovered(policy_views, view);
  rules.add(kByStep, std::move(view));
}

// A private directory on the file system of the real one; the supervisor takes the results from it.
PlannedView output_view(const std::string& path, const std::string& rule) {
  PlannedView view = simple_view(path, View::kPrivate, true, rule);
  view.backing = Backing::kDisk;
  view.output = true;
  return view;
}

// The build environment for a question to its interpreter: the interpreter's names, a checked
// pyvenv.cfg, and empty directories for packages. All other files may be a package's. The
// interpreter would run them (.pth files, sitecustomize) or read them first (landmarks of a
// standard library).
void add_bare_environment(Rules& rules, const std::vector<PlannedView>& policy_views,
                          const Facts& facts, const std::string& environment) {
  using MountPoint = PlannedView::MountPoint;
  PlannedView top = simple_view(environment, View::kHidden, true,
                                "the build environment, without its installed packages");
  for (const auto& path : facts.bare.directories) {
    top.skeleton.push_back({path, MountPoint::kDirectory, ""});
  }
  for (const auto& [path, target] : facts.bare.links) {
    top.skeleton.push_back({path, MountPoint::kLink, target});
  }
  add_own(rules, policy_views, std::move(top));
  PlannedView config =
      simple_view(environment + "/pyvenv.cfg", View::kRo, false, "the environment's pyvenv.cfg");
  config.kind = PlannedView::Kind::kFile;
  config.content = facts.bare.config;
  rules.add(kByStep, std::move(config));
  for (const auto& copy : facts.copies) {
    rules.add(kByStep, simple_view(copy.path, View::kRo, false, "the environment's interpreter"));
  }
}

// facts.script: set when the step could not read the hook's script.
void add_step_rules(Rules& rules, const std::vector<PlannedView>& policy_views, const Facts& facts,
                    const Step& step) {
  const auto add = [&](const std::string& path, View view, bool directory,
                       const std::string& rule) {
    if (path.empty()) return;
    add_own(rules, policy_views, simple_view(path, view, directory, rule));
  };
  if (step.asks_interpreter) {
    add_bare_environment(rules, policy_views, facts, step.build_environment);
  } else {
    add(step.build_environment, step.kind == Step::Kind::kInstall ? View::kRw : View::kRo, true,
        "the build environment");
  }
  add(step.source, View::kRw, true, "the step's sources");
  for (const auto& path : facts.inner_environments) {
    if (path != step.build_environment) add(path, View::kRo, true, "an environment in the sources");
  }
  if (!step.control.empty()) {
    add_own(rules, policy_views, output_view(step.control, "the step's control directory"));
  }
  for (const auto& output : step.outputs) {
    if (output.in_place) {
      require_uncovered(policy_views, output_view(output.path, "the step's " + output.name));
    } else if (output.writable) {
      add_own(rules, policy_views, output_view(output.path, "the step's " + output.name));
    } else {
      add(output.path, View::kRo, true, "the step's " + output.name);
    }
  }
  add(step.log, View::kRw, false, "the step's --log");
  const std::string script = "the front end's hook script";
  if (!facts.script) return add(step.script, View::kRo, false, script);
  PlannedView view = simple_view(step.script, View::kRo, false, script);
  view.kind = PlannedView::Kind::kFile;
  view.content = *facts.script;
  add_own(rules, policy_views, std::move(view));
}

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
  if (view.noexec != noexec_around || view.view == View::kCow) return false;
  // A private view inside a private one is the same.
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

// True for directories that contain more than one front end's packages.
bool is_shared(const std::string& path) {
  for (const char* shared : {"/opt", "/var", "/srv", "/mnt", "/media"}) {
    if (path == shared) return true;
  }
  return is_of_the_system(path);
}

// Hides the trees of other packages where front ends keep them side by side. In a visible one a
// socket could wait to receive descriptors. This is the weakest rule: views of the policy win.
void hide_other_packages(Rules& rules, const std::vector<PlannedView>& policy_views,
                         const Facts& facts, const ViewRequest& request) {
  if (request.step.build_environment.empty()) return;
  const std::string work = parent_of(request.step.build_environment);
  const std::string packages = parent_of(work);
  std::vector<std::string> needed = request.used;
  needed.push_back(request.step.script);
  for (const auto& part : facts.interpreter) needed.push_back(part.path);
  // A path with its own view there (the uv cache) stays visible.
  const auto has_view = [&](const std::string& path) {
    return std::any_of(policy_views.begin(), policy_views.end(), [&](const auto& view) {
      return view.path != packages && is_within(view.path, packages) && is_within(path, view.path);
    });
  };
  const auto lies_beside = [&](const std::string& path) {
    return path != packages && is_within(path, packages) && !is_within(path, work) &&
           !has_view(path);
  };
  const bool holds_more =
      is_shared(packages) || std::any_of(needed.begin(), needed.end(), lies_beside);
  const std::string& hidden = holds_more ? work : packages;
  if (is_shared(hidden)) return;
  rules.add(kOutOfSight, simple_view(hidden, View::kHidden, true, "other packages' work"));
}

// Without -I an interpreter first imports from the working directory, which may be a source tree.
void hide_working_directory(Rules& rules, const std::string& cwd) {
  if (is_shared(cwd)) return;
  rules.add(kOutOfSight, simple_view(cwd, View::kHidden, true, "the working directory"));
}

// Hides the host's root: a builder may need it (cibuildwheel mounts it), a step does not. This is
// the weakest rule: a view of the policy that names the mount, or a path in it, wins.
void hide_host(Rules& rules, const Facts& facts) {
  for (const auto& mount : facts.host_mounts) {
    rules.add(kOutOfSight, simple_view(mount.path, View::kHidden, mount.directory, mount.rule));
  }
}

void hide_everything(Rules& rules, const Facts& facts) {
  for (const auto& [path, directory] : facts.top_level) {
    if (path == "/dev" || path == "/proc") continue;
    rules.add(kOutOfSight, simple_view(path, View::kHidden, directory, "--replace-policy"));
  }
}

void add_interpreter(Rules& rules, const std::vector<PlannedView>& policy_views,
                     const Facts& facts) {
  for (const auto& part : facts.interpreter) {
    // Skip it where the policy hides it: another part of the chain may do.
    const bool hidden = std::any_of(policy_views.begin(), policy_views.end(), [&](const auto& v) {
      return v.path == part.path && covers(v);
    });
    if (hidden) continue;
    rules.add(kByStep, simple_view(part.path, View::kRo, part.directory,
                                   "the build environment's interpreter"));
  }
}

// Shows the paths that the call names where the policy shows nothing. Never what the policy hides,
// a directory around that, or an entry of a hidden directory.
void add_named(Rules& rules, const Policy& policy, const std::vector<PlannedView>& policy_views,
               const Facts& facts, const Step& step) {
  const auto is_own = [&](const std::string& path) {
    const bool of_output =
        std::any_of(step.outputs.begin(), step.outputs.end(),
                    [&](const auto& output) { return is_within(path, output.path); });
    const bool installed =
        step.kind == Step::Kind::kInstall && is_within(path, step.build_environment);
    return of_output || installed || is_within(path, step.source);
  };
  for (const auto& part : facts.named) {
    const PlannedView* around = nullptr;
    bool holds_hidden = false;
    for (const auto& view : policy_views) {
      if (is_within(part.path, view.path)) around = &view;
      holds_hidden = holds_hidden || (covers(view) && is_within(view.path, part.path));
    }
    const bool written =
        around != nullptr && (around->view == View::kRw || around->view == View::kCow);
    const bool of_hidden = around != nullptr && covers(*around) && part.listed_in == around->path;
    if (is_own(part.path) || holds_hidden || of_hidden || written) continue;
    if (is_hidden_away(policy, facts, part.path)) continue;
    // Through a link the step gets nothing that it could not see without the name.
    const bool closed =
        (around != nullptr && covers(*around)) || part.content || !part.listed_in.empty();
    if (part.by_link && closed) continue;
    PlannedView view = simple_view(part.path, View::kRo, part.directory, "named by the call");
    if (part.content) {
      view.kind = PlannedView::Kind::kFile;
      view.content = *part.content;
    }
    rules.add(kByPath, std::move(view));
  }
}

void add_extra(Rules& rules, const std::vector<ExtraView>& extra) {
  for (const auto& asked : extra) {
    PlannedView view = simple_view(asked.path, asked.view, asked.directory, "the command line");
    view.noexec = asked.noexec;
    rules.add(kByCommandLine, std::move(view));
  }
}

// The files with users and groups; the step's line is added when its uid is known.
void add_names(Rules& rules, const Facts& facts) {
  const auto add = [&](const char* path, const std::string& content) {
    const auto found = facts.paths.find(path);
    if (found == facts.paths.end() || found->second.empty() || content.empty()) return;
    if (found->second.front().type != PathFact::Type::kFile) return;
    PlannedView view = simple_view(found->second.front().canonical, View::kRo, false,
                                   "gives the step's user a name");
    view.kind = PlannedView::Kind::kFile;
    view.content = content;
    rules.add(kOutOfSight, std::move(view));
  };
  add("/etc/passwd", facts.passwd);
  add("/etc/group", facts.group);
}

}  // namespace

bool is_hidden_away(const Policy& policy, const Facts& facts, const std::string& path) {
  return std::any_of(policy.hide.begin(), policy.hide.end(), [&](const std::string& hidden) {
    const auto found = facts.paths.find(hidden);
    return found != facts.paths.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const PathFact& fact) {
             return fact.type != PathFact::Type::kAbsent && fact.canonical != "/" &&
                    is_within(path, fact.canonical);
           });
  });
}

std::vector<PlannedView> plan_views(const Policy& policy, const Facts& facts,
                                    const ViewRequest& request) {
  Rules rules;
  hide_host(rules, facts);
  if (request.replace_policy) {
    hide_everything(rules, facts);
  } else {
    add_policy_rules(rules, policy, facts,
                     needed_by(request.step, facts, request.cwd, request.used));
  }
  add_closed(rules, policy, facts);
  const std::vector<PlannedView> policy_views = rules.sorted();
  hide_other_packages(rules, policy_views, facts, request);
  add_interpreter(rules, policy_views, facts);
  add_named(rules, policy, policy_views, facts, request.step);
  add_extra(rules, request.extra);
  add_step_rules(rules, policy_views, facts, request.step);
  if (request.step.asks_interpreter) hide_working_directory(rules, request.cwd);
  if (request.ephemeral) open_ways(rules, facts, request);
  if (request.ephemeral || facts.user_name.empty()) add_names(rules, facts);
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
  add_mount_points(views, directories, facts.links);
  return views;
}

}  // namespace rind
