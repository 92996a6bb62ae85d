#include "helper/plan/copies.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/text.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/rules.h"
#include "helper/plan/settings_copy.h"
#include "helper/plan/ways.h"

namespace rind {
namespace {

using MountPoint = PlannedView::MountPoint;

// What an operator hides, by the path at which builds look or by that to which it leads.
class Hidden {
 public:
  Hidden(const std::vector<PlannedView>& policy_views, const Policy& policy, const Facts& facts)
      : policy_views_(policy_views), policy_(policy), facts_(facts) {}

  bool has(const std::string& path, const std::string& canonical) const {
    return is_hidden(path) || is_hidden(canonical);
  }

 private:
  bool is_hidden(const std::string& path) const {
    const PlannedView* around = deciding_view(policy_views_, path);
    const bool covered = around != nullptr && covers(*around);
    return (covered && !is_opened_by_name(facts_, *around)) ||
           is_hidden_away(policy_, facts_, path);
  }

  const std::vector<PlannedView>& policy_views_;
  const Policy& policy_;
  const Facts& facts_;
};

// The view in whose place a copy at `path` would be seen; nullptr where it would not.
PlannedView* empty_view_around(std::vector<PlannedView>& views, const std::string& path) {
  const bool taken = std::any_of(views.begin(), views.end(),
                                 [&](const PlannedView& view) { return view.path == path; });
  PlannedView* around = taken ? nullptr : holder(views, path);
  const bool empty = around != nullptr && around->kind == PlannedView::Kind::kView &&
                     covers(*around) && !around->output;
  return empty ? around : nullptr;
}

// Nothing is made through a link, nor twice.
bool has_room(const PlannedView& view, const std::string& name) {
  return std::none_of(view.skeleton.begin(), view.skeleton.end(), [&](const MountPoint& point) {
    const bool through = point.type == MountPoint::kLink && is_within(name, point.path);
    return through || point.path == name;
  });
}

}  // namespace

void cover_settings(std::vector<PlannedView>& views, const std::vector<PlannedView>& policy_views,
                    const Policy& policy, const Facts& facts, bool ephemeral) {
  const Hidden hidden(policy_views, policy, facts);
  for (const auto& [path, canonical, text, closed] : facts.copied_settings) {
    const PlannedView* around = deciding_view(views, path);
    const bool seen = around == nullptr || (!covers(*around) && around->path != path);
    if (!seen || hidden.has(path, canonical)) continue;
    std::string copy = without_plain_credentials(policy.environment, text);
    const bool helps = copy != text || (closed && ephemeral &&
                                        settings_copy(policy.environment, path, text).has_value());
    if (!helps) continue;
    PlannedView view = simple_view(path, View::kRo, false, "settings without credentials");
    view.kind = PlannedView::Kind::kFile;
    view.content = std::move(copy);
    // A file is inside of all views that lead to it.
    views.push_back(std::move(view));
  }
}

std::vector<std::string> add_copies(std::vector<PlannedView>& views,
                                    const std::vector<PlannedView>& policy_views,
                                    const Policy& policy, const Facts& facts, bool git) {
  std::vector<std::string> notes;
  const Hidden hidden(policy_views, policy, facts);
  const auto add = [&](const std::string& path, const std::string& canonical,
                       const std::string& text) {
    PlannedView* around = empty_view_around(views, path);
    if (around == nullptr || hidden.has(path, canonical)) return;
    const std::string name = path.substr(around->path == "/" ? 1 : around->path.size() + 1);
    if (!has_room(*around, name)) return;
    std::optional<std::string> copy = settings_copy(policy.environment, path, text);
    if (!copy) {
      notes.push_back("read access to " + path +
                      ": it may have a credential; keep that in another file, or add \"" + path +
                      "\": \"ro\" to \"views\"");
      return;
    }
    // One without text would be a mount point.
    if (copy->empty()) copy->push_back('\n');
    around->skeleton.push_back({name, MountPoint::kFile, std::move(*copy)});
  };
  const auto home = facts.paths.find("$HOME");
  const bool has_home = home != facts.paths.end() && !home->second.empty() &&
                        home->second.front().type == PathFact::Type::kDirectory;
  for (const auto& [name, canonical, text] : facts.home_settings) {
    if (!has_home || (!git && name.find("git") != std::string::npos)) continue;
    add(home->second.front().canonical + "/" + name, canonical, text);
  }
  for (const auto& [path, canonical, text, closed] : facts.copied_settings) {
    add(path, canonical, text);
  }
  return notes;
}

}  // namespace rind
