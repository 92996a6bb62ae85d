#include "helper/plan/ways.h"

#include <algorithm>

#include "common/base/text.h"
#include "helper/plan/rules.h"

namespace rind {
namespace {

// The part of `path` below `top`, without a leading slash.
std::string below(const std::string& path, const std::string& top) {
  return path.substr(top == "/" ? 1 : top.size() + 1);
}

// The innermost of `views` above `path` if it is empty, or may become so: a cow view falls back to
// a private one where the step may not read the directory. Otherwise nullptr.
PlannedView* empty_holder(std::vector<PlannedView>& views, const std::string& path) {
  PlannedView* outer = holder(views, path);
  if (outer == nullptr) return nullptr;
  const bool may_be_empty = outer->view == View::kCow && outer->fallback == CowFallback::kPrivate;
  return covers(*outer) || may_be_empty ? outer : nullptr;
}

// The paths of the step itself; the ways to them must be open.
std::vector<std::string> own_paths(const Step& step, const std::string& cwd) {
  std::vector<std::string> paths = {
      step.build_environment, step.source, step.control, step.log, step.script, cwd};
  for (const auto& output : step.outputs) paths.push_back(output.path);
  for (const auto& capture : step.captures) paths.push_back(capture.path);
  return paths;
}

// True below the top of a tree that is made readable for the step (helper/supervisor/readable.h).
bool is_opened(const std::string& directory, const Facts& facts, const Step& step) {
  const auto holds = [&](const std::string& tree) {
    return directory != tree && is_within(directory, tree);
  };
  return holds(step.build_environment) ||
         std::any_of(facts.made_for_build.begin(), facts.made_for_build.end(), holds);
}

}  // namespace

std::string lent_repository(const Facts& facts) {
  return facts.repository.closed ? facts.repository.top : std::string();
}

bool covers(const PlannedView& view) {
  return view.view == View::kPrivate || view.view == View::kHidden;
}

PlannedView* holder(std::vector<PlannedView>& views, const std::string& path) {
  PlannedView* found = nullptr;
  for (auto& view : views) {
    if (view.path != path && is_within(path, view.path)) found = &view;
  }
  return found;
}

void hide_ways(std::vector<PlannedView>& views) {
  Rules rules;
  for (const auto& view : views) {
    const PlannedView* outer = holder(views, view.path);
    if (outer == nullptr || outer->view != View::kPrivate || view.way_is_private) continue;
    const std::string rest = below(view.path, outer->path);
    const size_t slash = rest.find('/');
    if (slash == std::string::npos) continue;
    const std::string way = outer->path + "/" + rest.substr(0, slash);
    rules.add(kByPath, simple_view(way, View::kHidden, true, "the way to " + view.path));
  }
  for (auto& view : views) rules.add(kByPath, std::move(view));
  views = rules.sorted();
}

void add_mount_points(std::vector<PlannedView>& views, const std::vector<std::string>& directories,
                      const std::vector<Link>& links) {
  using MountPoint = PlannedView::MountPoint;
  for (const auto& view : views) {
    PlannedView* outer = empty_holder(views, view.path);
    if (outer == nullptr) continue;
    outer->skeleton.push_back({below(view.path, outer->path),
                               view.directory ? MountPoint::kDirectory : MountPoint::kFile, ""});
  }
  for (const auto& link : links) {
    PlannedView* outer = empty_holder(views, link.path);
    if (outer == nullptr) continue;
    outer->skeleton.push_back({below(link.path, outer->path), MountPoint::kLink, link.target});
  }
  for (const auto& directory : directories) {
    const bool at_a_view =
        std::any_of(views.begin(), views.end(), [&](const auto& v) { return v.path == directory; });
    PlannedView* outer = empty_holder(views, directory);
    if (outer == nullptr || at_a_view) continue;
    outer->skeleton.push_back({below(directory, outer->path), MountPoint::kDirectory, ""});
  }
}

void open_ways(Rules& rules, const Facts& facts, const ViewRequest& request) {
  std::vector<PlannedView> views = rules.sorted();
  std::vector<std::string> own = own_paths(request.step, request.cwd);
  for (const auto& part : facts.named) own.push_back(part.path);
  for (const auto& [directory, unused] : facts.closed) {
    const std::string& closed = directory;
    const auto inside = [&](const std::string& path) { return is_within(path, closed); };
    const auto at = std::find_if(views.begin(), views.end(),
                                 [&](const auto& view) { return view.path == closed; });
    const bool shown_itself = at != views.end();
    // It belongs to the step, its top is made for the step, or the step does not see it.
    if (is_opened(closed, facts, request.step)) continue;
    if (shown_itself && at->view == View::kRo && is_within(closed, lent_repository(facts)))
      continue;
    if (is_within(closed, request.step.source) || (shown_itself && at->view != View::kRo)) continue;
    const bool leads_to_own = std::any_of(own.begin(), own.end(), inside);
    const bool leads_to_view = std::any_of(views.begin(), views.end(),
                                           [&](const auto& view) { return inside(view.path); });
    if (!leads_to_own && (shown_itself || !leads_to_view)) continue;
    rules.add(kByStep, simple_view(closed, View::kHidden, true, "only its owner may search it"));
  }
}

}  // namespace rind
