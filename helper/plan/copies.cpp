#include "helper/plan/copies.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/text.h"
#include "helper/plan/policy_rules.h"
#include "helper/plan/settings_copy.h"
#include "helper/plan/ways.h"

namespace rind {
namespace {

using MountPoint = PlannedView::MountPoint;

class Copies {
 public:
  Copies(std::vector<PlannedView>& views, const std::vector<PlannedView>& policy_views,
         const Policy& policy, const Facts& facts)
      : views_(views), policy_views_(policy_views), policy_(policy), facts_(facts) {}

  void add(const std::string& path, const std::string& canonical, const std::string& text) {
    if (is_hidden(path) || is_hidden(canonical)) return;
    PlannedView* around = holder(views_, path);
    const bool empty = around != nullptr && around->kind == PlannedView::Kind::kView &&
                       covers(*around) && !around->output;
    if (!empty || has_view(path)) return;
    const std::string name = path.substr(around->path == "/" ? 1 : around->path.size() + 1);
    const bool taken =
        std::any_of(around->skeleton.begin(), around->skeleton.end(), [&](const MountPoint& point) {
          // Nothing is made through a link.
          const bool through = point.type == MountPoint::kLink && is_within(name, point.path);
          return through || point.path == name;
        });
    if (taken) return;
    std::optional<std::string> copy = settings_copy(policy_.environment, path, text);
    if (!copy) {
      notes.push_back("read access to " + path +
                      ": it may have a credential; keep that in another file, or add \"" + path +
                      "\": \"ro\" to \"views\"");
      return;
    }
    // One without text would be a mount point.
    if (copy->empty()) copy->push_back('\n');
    around->skeleton.push_back({name, MountPoint::kFile, std::move(*copy)});
  }

  std::vector<std::string> notes;

 private:
  bool is_hidden(const std::string& path) const {
    const PlannedView* around = deciding_view(policy_views_, path);
    const bool covered = around != nullptr && covers(*around);
    return (covered && !is_opened_by_name(facts_, *around)) ||
           is_hidden_away(policy_, facts_, path);
  }
  bool has_view(const std::string& path) const {
    return std::any_of(views_.begin(), views_.end(),
                       [&](const PlannedView& view) { return view.path == path; });
  }

  std::vector<PlannedView>& views_;
  const std::vector<PlannedView>& policy_views_;
  const Policy& policy_;
  const Facts& facts_;
};

}  // namespace

std::vector<std::string> add_copies(std::vector<PlannedView>& views,
                                    const std::vector<PlannedView>& policy_views,
                                    const Policy& policy, const Facts& facts, bool git) {
  Copies copies(views, policy_views, policy, facts);
  const auto home = facts.paths.find("$HOME");
  const bool has_home = home != facts.paths.end() && !home->second.empty() &&
                        home->second.front().type == PathFact::Type::kDirectory;
  for (const auto& [name, canonical, text] : facts.home_settings) {
    if (!has_home || (!git && name.find("git") != std::string::npos)) continue;
    copies.add(home->second.front().canonical + "/" + name, canonical, text);
  }
  for (const auto& [path, canonical, text, closed] : facts.copied_settings) {
    copies.add(path, canonical, text);
  }
  return std::move(copies.notes);
}

}  // namespace rind
