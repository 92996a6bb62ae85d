#include "helper/plan/read_notes.h"

#include <algorithm>

#include "common/base/text.h"

namespace rind {

std::vector<std::string> missing_of_repository(const Plan& plan, const Facts& facts) {
  std::vector<std::string> notes;
  for (const auto& path : facts.repository.elsewhere) {
    const PlannedView* view = deciding_view(plan, path);
    if (view == nullptr || (view->view != View::kHidden && view->view != View::kPrivate)) continue;
    notes.push_back("the git directory " + path + ": the repository " + facts.repository.top +
                    " names it, and it does not belong to that repository alone; if the build "
                    "needs it, add {\"views\": {\"" +
                    path + "\": \"ro\"}} to the policy");
  }
  return notes;
}

std::vector<std::string> unreadable(const Plan& plan, const Facts& facts) {
  std::vector<std::string> notes;
  for (const auto& path : facts.unreadable) {
    const PlannedView* view = deciding_view(plan, path);
    const bool read_only =
        view != nullptr && view->view == View::kRw && facts.read_only.contains(view->path);
    const bool shown =
        view == nullptr || (view->kind == PlannedView::Kind::kView &&
                            (view->view == View::kRo || view->view == View::kCow || read_only));
    const bool opened = std::any_of(plan.readable.begin(), plan.readable.end(),
                                    [&](const auto& tree) { return is_within(path, tree); });
    if (!shown || opened) continue;
    notes.push_back("read access to " + path +
                    ": other users may not read it; run `chmod -R go+rX " + path + "`");
  }
  return notes;
}

std::vector<std::string> closed_caches(const Policy& policy, const Plan& plan, const Facts& facts,
                                       bool named) {
  std::vector<std::string> notes;
  for (const auto& [key, spec] : policy.views) {
    if (spec.view != View::kCow || key.starts_with("$HOME/") == named) continue;
    const auto found = facts.paths.find(key);
    if (found == facts.paths.end()) continue;
    for (const auto& fact : found->second) {
      const PlannedView* view = deciding_view(plan, fact.canonical);
      const bool shown = view != nullptr && view->view == View::kCow;
      if (fact.content != PathFact::Content::kClosed || !shown) continue;
      notes.push_back("read access to the cache " + fact.canonical + " (" + key +
                      "): only its owner may read its files; run `chmod -R go+rX " +
                      fact.canonical + "`, and fill it with umask 022 (CCACHE_UMASK=022)");
    }
  }
  return notes;
}

}  // namespace rind
