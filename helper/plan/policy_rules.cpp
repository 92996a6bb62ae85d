#include "helper/plan/policy_rules.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/facts/builder_settings.h"
#include "helper/plan/ways.h"
#include "helper/step/told_paths.h"

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
  view.front_ends = key == "$UV_CACHE_DIR" || key == "$PIP_CACHE_DIR";
  // A file can be neither private nor copy-on-write.
  if (!view.directory && view.view == View::kPrivate) view.view = View::kHidden;
  if (!view.directory && view.view == View::kCow) view.view = View::kRo;
  // There is nothing to read, and a disk has more room than the memory that changes take.
  if (view.view == View::kCow && fact.content == PathFact::Content::kEmpty) {
    view.view = View::kPrivate;
    view.backing = Backing::kDisk;
  }
  // Beside it in HOME a build writes as without Rind, and loses what it writes.
  view.way_is_private = key.starts_with("$HOME/");
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

// True when the directory of a cache must not be shown: the variable names a place that the policy
// covers (NUMBA_CACHE_DIR=/tmp), one around it, a home, or credentials.
bool is_no_cache(const Policy& policy, const Facts& facts, const std::string& path) {
  if (is_home_or_above(facts, path) || names_credentials(path, "")) return true;
  return std::any_of(policy.views.begin(), policy.views.end(), [&](const auto& view) {
    const auto& [key, spec] = view;
    if (spec.view != View::kHidden && spec.view != View::kPrivate) return false;
    if (key[0] == '$' && key.find('/') != std::string::npos) return false;
    const auto found = facts.paths.find(key);
    return found != facts.paths.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const PathFact& fact) {
             return fact.type == PathFact::Type::kDirectory && is_within(fact.canonical, path);
           });
  });
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

// Calls `use` with each key, view and path of a variable that only a link of a package leads to,
// and that a step would see.
template <typename Use>
void for_each_linked(const Policy& policy, const Facts& facts, Use use) {
  for (const auto& [key, spec] : policy.views) {
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    for (const PathFact& fact : found->second) {
      const bool shown = fact.by_link && fact.type != PathFact::Type::kAbsent &&
                         !covers(policy_view(key, spec, fact)) &&
                         !is_hidden_away(policy, facts, fact.canonical);
      if (shown) use(key, spec, fact);
    }
  }
}

}  // namespace

bool is_of_the_system(const std::string& path) {
  for (const char* system : {"/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev"}) {
    if (is_within(path, system)) return true;
  }
  return path == "/" || path == "/etc";
}

bool is_home_or_above(const Facts& facts, const std::string& path) {
  for (const char* top : {"/root", "/home", "/tmp", "/var/tmp", "/var/home"}) {
    if (is_within(top, path)) return true;
  }
  const std::string above = parent_of(path);
  if (above == "/home" || above == "/var/home") return true;
  constexpr size_t kHome = 5;
  for (size_t at = 0; at < facts.passwd.size();) {
    const size_t end = std::min(facts.passwd.find('\n', at), facts.passwd.size());
    std::string_view line(facts.passwd.data() + at, end - at);
    at = end + 1;
    size_t skipped = 0;
    for (; skipped < kHome && line.find(':') != std::string_view::npos; ++skipped) {
      line.remove_prefix(line.find(':') + 1);
    }
    const std::string_view home = line.substr(0, line.find(':'));
    const bool may_be = skipped == kHome && home.size() > 1 && home.starts_with(path);
    if (may_be && is_within(std::string(home), path)) return true;
  }
  return false;
}

bool names_credentials(const std::string& path, const std::string& cover) {
  for (const auto& part : split(path.substr(cover.size()), '/')) {
    if (is_credentials_name(part)) return true;
  }
  return false;
}

bool is_opened_by_name(const Facts& facts, const PlannedView& cover) {
  return cover.view == View::kPrivate || cover.rule == "views.$HOME" ||
         is_home_or_above(facts, cover.path);
}

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

void add_policy_rules(Rules& rules, const Policy& policy, const Facts& facts,
                      const ViewRequest& request) {
  const std::vector<std::string> needed = needed_by(request.step, facts, request.cwd, request.used);
  for (const auto& [key, spec] : policy.views) {
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    // The step's own HOME has copies of them.
    if (spec.view == View::kRo && is_home_settings(key)) continue;
    const bool variable = key[0] == '$';
    for (const PathFact& fact : found->second) {
      if (fact.type == PathFact::Type::kAbsent || fact.canonical == "/") continue;
      // A HOME of "/" (unknown uid) or "/usr/sbin" (daemon) is not a home directory.
      const bool directory = fact.type == PathFact::Type::kDirectory;
      if (variable && directory && is_of_the_system(fact.canonical)) continue;
      if (variable && spec.view == View::kCow && is_no_cache(policy, facts, fact.canonical)) {
        continue;
      }
      // $NAME/BELOW names a directory that is in use, and one file in it.
      const bool names_a_file = key.find('/') == std::string::npos;
      if (spec.view == View::kHidden && names_a_file) {
        hide_what_replaces(rules, fact, key, needed);
      }
      PlannedView view = policy_view(key, spec, fact);
      // The step has one HOME. If the call has another HOME than the container, the container's is
      // hidden, by the weakest rule: it may also be TMPDIR.
      const bool other_home = &fact != &found->second.front() && spec.view == View::kPrivate;
      // The step uses what lies below its own home alone.
      if (fact.other_home && key != "$HOME" && !covers(view)) continue;
      if (other_home) view.view = View::kHidden;
      if (!covers(view) && (fact.by_link || is_hidden_away(policy, facts, view.path))) continue;
      const Strength strength = other_home ? kOutOfSight : variable ? kByVariable : kByPath;
      rules.add(strength, std::move(view));
    }
  }
}

void add_linked_rules(Rules& rules, const Policy& policy, const Facts& facts) {
  for_each_linked(policy, facts, [&](const auto& key, const auto& spec, const PathFact& fact) {
    // Nor may a package choose what a step can write.
    if (spec.view == View::kRw || is_of_the_system(fact.canonical)) return;
    if (is_no_cache(policy, facts, fact.canonical)) return;
    const std::vector<PlannedView> views = rules.sorted();
    const PlannedView* around = deciding_view(views, fact.canonical);
    if (around != nullptr && (covers(*around) || around->path == fact.canonical)) return;
    rules.add(kByVariable, policy_view(key, spec, fact));
  });
}

std::vector<std::string> linked_in_vain(const Policy& policy, const Facts& facts,
                                        const Plan& plan) {
  std::vector<std::string> notes;
  for_each_linked(policy, facts, [&](const auto& key, const auto& spec, const PathFact& fact) {
    const PlannedView* around = deciding_view(plan, fact.canonical);
    const std::string what = key + " leads by a link in the sources to " + fact.canonical;
    if (around != nullptr && covers(*around)) {
      notes.push_back(what + ", which " + around->rule + " hides (to show it, add \"" +
                      fact.canonical + "\": \"ro\" to \"views\")");
    } else if (spec.view == View::kRw) {
      notes.push_back(what + ", which is read-only (let the variable name the place itself)");
    }
  });
  return notes;
}

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

}  // namespace rind
