#include "helper/plan/told_rules.h"

#include <algorithm>

#include "common/base/glob.h"
#include "common/base/text.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/ways.h"
#include "helper/step/distribution.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

using Told = Facts::Told;

bool is_kept(const std::vector<std::string>& kept, const std::string& variable) {
  return std::find(kept.begin(), kept.end(), variable) != kept.end();
}

// True for a file that a build reads although nothing executes it.
bool is_input(const std::string& variable) {
  for (const char* pattern : {"*CONSTRAINT*", "UV_OVERRIDE", "*TOOLCHAIN_FILE", "DIST_EXTRA_CONFIG",
                              "CMAKE_PROJECT_*", "*_CROSS_FILE", "*_NATIVE_FILE"}) {
    if (glob_match(pattern, variable)) return true;
  }
  return false;
}

// Decides whether one path may be shown because a variable names it.
class Judge {
 public:
  Judge(const std::vector<PlannedView>& policy_views, const Policy& policy, const Facts& facts,
        const ViewRequest& request)
      : views_(policy_views), policy_(policy), facts_(facts), request_(request) {}

  bool may_show(const std::string& path) const {
    if (path.empty() || is_home(path) || holds_own(path)) return false;
    if (is_hidden_away(policy_, facts_, path)) return false;
    const PlannedView* cover = nullptr;
    for (const auto& view : views_) {
      if (is_within(path, view.path)) cover = &view;
      // A private view is a home or a temporary directory.
      const bool private_inside = view.view == View::kPrivate && is_within(view.path, path);
      if (private_inside) return false;
    }
    const bool covered = cover != nullptr && covers(*cover);
    if (covered && (cover->path == path || !is_opened_by_name(facts_, *cover))) return false;
    if (names_credentials(path, covered ? cover->path : "")) return false;
    if (is_of_other_package(path)) return false;
    // Outside of a cover there is only the package's own work directory to open.
    return covered || is_beside_sources(path);
  }

  // In the package's own work directory.
  bool is_beside_sources(const std::string& path) const {
    return path != work() && is_within(path, work());
  }

 private:
  bool is_home(const std::string& path) const { return is_home_or_above(facts_, path); }

  // The step's own paths have views already; a directory around them shows more than was named.
  bool holds_own(const std::string& path) const {
    const Step& step = request_.step;
    std::vector<std::string> own = {step.build_environment, step.source, step.control, step.log};
    for (const auto& output : step.outputs) own.push_back(output.path);
    own.insert(own.end(), step.beside.begin(), step.beside.end());
    return std::any_of(own.begin(), own.end(), [&](const std::string& one) {
      return !one.empty() && (is_within(one, path) || is_within(path, one));
    });
  }

  std::string work() const {
    const std::string& environment = request_.step.build_environment;
    return environment.empty() ? std::string() : parent_of(environment);
  }
  bool is_of_other_package(const std::string& path) const {
    if (work().empty() || is_within(path, work())) return false;
    const std::string packages = parent_of(work());
    if (packages == "/" || !is_within(path, packages)) return false;
    // A home or a temporary directory may be the parent of anything.
    const bool shared = std::any_of(views_.begin(), views_.end(), [&](const auto& view) {
      return view.path == packages && covers(view);
    });
    if (!shared) return true;
    if (path == packages) return true;
    const std::string rest = path.substr(packages.size() + 1);
    return distribution_of(base_name(work())).has_value() &&
           distribution_of(rest.substr(0, rest.find('/'))).has_value();
  }

  const std::vector<PlannedView>& views_;
  const Policy& policy_;
  const Facts& facts_;
  const ViewRequest& request_;
};

void show(Rules& rules, const std::string& path, bool directory, const Told& told) {
  PlannedView view = simple_view(path, View::kRo, directory, "named by $" + told.variable);
  view.way_is_private = true;
  rules.add(kOutOfSight, std::move(view));
}

// The name of the step's variable with such a path; "an argument" for ""
std::string name_of(const Told& told) {
  return told.variable.empty() ? "an argument" : "$" + told.variable;
}

// Why the step cannot use the path, and what opens it; "" if it can.
std::string in_vain(const Plan& plan, const Told& told) {
  const PlannedView* view = deciding_view(plan, told.path);
  if (view != nullptr && covers(*view)) {
    // The place itself is there, though empty: a temporary directory, a hidden HOME.
    if (view->path == told.path || view->output) return {};
    return name_of(told) + " names " + told.path + ", which " + view->rule +
           " hides (to show it, add \"" + told.path + "\": \"ro\" to \"views\")";
  }
  const bool shown_only =
      view == nullptr || (view->kind == PlannedView::Kind::kView && view->view == View::kRo);
  if (!shown_only || told.variable.empty() || !is_written_by_name(told.variable)) return {};
  return name_of(told) + " names " + told.path + ", which is read-only (to write there, give \"$" +
         told.variable + "\" a \"cow\" view)";
}

}  // namespace

void add_told(Rules& rules, const std::vector<PlannedView>& policy_views, const Policy& policy,
              const Facts& facts, const ViewRequest& request) {
  const Judge judge(policy_views, policy, facts, request);
  for (const auto& told : facts.told) {
    // An argument may contain a package's text.
    if (told.variable.empty() || told.by_link || !is_kept(request.kept, told.variable)) continue;
    const bool usable = told.directory || told.executable || is_input(told.variable);
    if (!usable) continue;
    const bool whole = judge.may_show(told.prefix);
    if (whole) show(rules, told.prefix, true, told);
    if (!whole && judge.may_show(told.path)) show(rules, told.path, told.directory, told);
    for (const auto& part : told.beside) {
      if (judge.may_show(part.path)) show(rules, part.path, part.directory, told);
    }
    // What lies beside the sources was made for this package.
    if (judge.is_beside_sources(told.path)) continue;
    for (const auto& found : told.credentials) {
      rules.add(kOutOfSight, simple_view(found.path, View::kHidden, found.directory,
                                         "credentials in what $" + told.variable + " names"));
    }
  }
}

std::vector<std::string> told_in_vain(const Plan& plan, const Facts& facts) {
  constexpr size_t kMost = 4;
  std::vector<std::string> notes;
  std::vector<std::string> said;
  for (const auto& told : facts.told) {
    const bool kept = std::any_of(
        plan.decisions.begin(), plan.decisions.end(),
        [&](const auto& decision) { return decision.kept && decision.name == told.variable; });
    if (!kept && !told.variable.empty()) continue;
    // Front ends set these for themselves; builds do not need them.
    if (told.variable == "UV_CACHE_DIR" || told.variable == "PIP_CACHE_DIR") continue;
    std::string note = in_vain(plan, told);
    if (note.empty() || std::find(said.begin(), said.end(), told.path) != said.end()) continue;
    said.push_back(told.path);
    notes.push_back(std::move(note));
    if (notes.size() == kMost) break;
  }
  return notes;
}

std::string told_in_vain_of(const Plan& plan, const Facts& facts, const std::string& name) {
  for (const auto& told : facts.told) {
    std::string note = told.variable == name ? in_vain(plan, told) : std::string();
    if (!note.empty()) return note;
  }
  return {};
}

}  // namespace rind
