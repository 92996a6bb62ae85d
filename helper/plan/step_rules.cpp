#include "helper/plan/step_rules.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/text.h"
#include "helper/plan/capture_rules.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/ways.h"
#include "helper/step/artefact.h"

namespace rind {
namespace {

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
void add_work(Rules& rules, const std::vector<PlannedView>& policy_views, const Facts& facts,
              const Step& step, bool ephemeral) {
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
  for (const auto& path : facts.package_directories) {
    // Only the __pycache__ directories there are the step's.
    if (ephemeral) add(path, View::kRw, true, "compiled modules of the build environment");
  }
  add(step.source, View::kRw, true, "the step's sources");
  for (const auto& path : step.beside) {
    const PlannedView* cover = deciding_view(policy_views, path);
    if (cover != nullptr && cover->path == path) continue;
    rules.add(kByStep, simple_view(path, View::kRw, true, "the package's own, beside its sources"));
  }
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
  for (const auto& path : step.built_before) {
    add(path, View::kRo, false, "the wheel that was built for its metadata");
  }
  add(step.log, View::kRw, false, "the step's --log");
  const std::string script = "the front end's hook script";
  if (!facts.script) return add(step.script, View::kRo, false, script);
  PlannedView view = simple_view(step.script, View::kRo, false, script);
  view.kind = PlannedView::Kind::kFile;
  view.content = *facts.script;
  add_own(rules, policy_views, std::move(view));
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
  // A user keeps other things beside an environment; they are read-only.
  if (request.step.plain_environment || request.step.build_environment.empty()) return;
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
  const bool holds_more = is_shared(packages) || packages == facts.repository.top ||
                          std::any_of(needed.begin(), needed.end(), lies_beside);
  const std::string& hidden = holds_more ? work : packages;
  if (is_shared(hidden)) return;
  rules.add(kOutOfSight, simple_view(hidden, View::kHidden, true, "other packages' work"));
}

// Without -I an interpreter first imports from the working directory, which may be a source tree.
void hide_working_directory(Rules& rules, const std::string& cwd) {
  if (is_shared(cwd)) return;
  rules.add(kOutOfSight, simple_view(cwd, View::kHidden, true, "the working directory"));
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

// Shows the git repository that holds the sources. Never a directory in which the policy hides
// something with the sources in it, such as a repository that is HOME.
void add_repository(Rules& rules, const Policy& policy,
                    const std::vector<PlannedView>& policy_views, const Facts& facts,
                    const Step& step) {
  const auto show = [&](const std::string& path) {
    const bool holds_cover =
        std::any_of(policy_views.begin(), policy_views.end(), [&](const PlannedView& view) {
          return covers(view) && is_within(view.path, path) && is_within(step.source, view.path);
        });
    if (holds_cover || is_hidden_away(policy, facts, path)) return;
    rules.add(kByPath, simple_view(path, View::kRo, true, "the repository of the sources"));
  };
  const Facts::Repository& repository = facts.repository;
  if (!repository.top.empty() && repository.top != step.source) show(repository.top);
  for (const auto& path : repository.directories) show(path);
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
    const bool captured =
        std::any_of(step.captures.begin(), step.captures.end(), [&](const Step::Capture& capture) {
          const bool temporary = capture.kind == Step::Capture::Kind::kTemporary;
          const bool inside = temporary && !capture.shared && is_within(path, capture.path);
          const bool artefact = is_artefact(path);
          const bool at_top = parent_of(path) == capture.path;
          const bool copied = inside || (at_top && ((temporary && capture.shared) || artefact));
          return path == capture.path || copied;
        });
    return of_output || installed || captured || is_within_any(path, step.beside) ||
           is_within(path, step.source);
  };
  for (const auto& part : facts.named) {
    const PlannedView* around = nullptr;
    bool holds_hidden = false;
    for (const auto& view : policy_views) {
      if (is_within(part.path, view.path)) around = &view;
      holds_hidden = holds_hidden || (covers(view) && is_within(view.path, part.path));
    }
    // A question to the interpreter writes nothing, and a cache that only its owner may read would
    // show nothing of its own.
    const bool in_cache = around != nullptr && around->view == View::kCow && !step.asks_interpreter;
    const bool written = around != nullptr && (around->view == View::kRw || in_cache);
    const bool of_hidden = around != nullptr && covers(*around) && !part.listed_in.empty() &&
                           is_within(around->path, part.listed_in);
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

// Shows the directories in which the call runs and has its modules, where the policy shows nothing.
void add_directories(Rules& rules, const Policy& policy,
                     const std::vector<PlannedView>& policy_views, const Facts& facts,
                     const Step& step) {
  for (const auto& path : step.directories) {
    const PlannedView* around = deciding_view(policy_views, path);
    if (around == nullptr || !covers(*around) || around->path == path) continue;
    if (is_hidden_away(policy, facts, path) || names_credentials(path, around->path)) continue;
    rules.add(kByPath, simple_view(path, View::kRo, true, "the call runs there"));
  }
}

void add_extra(Rules& rules, const std::vector<ExtraView>& extra) {
  for (const auto& asked : extra) {
    PlannedView view = simple_view(asked.path, asked.view, asked.directory, "the command line");
    view.noexec = asked.noexec;
    rules.add(kByCommandLine, std::move(view));
  }
}

}  // namespace

void add_step_rules(Rules& rules, const std::vector<PlannedView>& policy_views,
                    const Policy& policy, const Facts& facts, const ViewRequest& request) {
  hide_other_packages(rules, policy_views, facts, request);
  add_interpreter(rules, policy_views, facts);
  add_named(rules, policy, policy_views, facts, request.step);
  add_directories(rules, policy, policy_views, facts, request.step);
  add_repository(rules, policy, policy_views, facts, request.step);
  add_extra(rules, request.extra);
  add_work(rules, policy_views, facts, request.step, request.ephemeral);
  add_captures(rules, policy_views, policy, facts, request);
  if (request.step.asks_interpreter) hide_working_directory(rules, request.cwd);
}

}  // namespace rind
