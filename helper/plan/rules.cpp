#include "helper/plan/rules.h"

#include <algorithm>

namespace rind {
namespace {

// Between equally strong rules, the one that shows less wins: higher is stricter.
int strictness(const PlannedView& view) {
  switch (view.view) {
    case View::kRw:
      return 0;
    case View::kCow:
      return 1;
    case View::kRo:
      return 2;
    case View::kPrivate:
      return 3;
    case View::kHidden:
      return 4;
  }
  return 4;
}

}  // namespace

void Rules::add(Strength strength, PlannedView view) {
  for (auto& rule : rules_) {
    if (rule.view.path != view.path) continue;
    // Two private views of a path become one, with the larger size (HOME=/tmp is common).
    if (rule.view.view == View::kPrivate && view.view == View::kPrivate) {
      if (view.backing == Backing::kDisk) {
        rule.view.backing = Backing::kDisk;
        rule.view.mode = view.mode;
      }
      rule.view.size = std::max(rule.view.size, view.size);
      rule.view.noexec = rule.view.noexec || view.noexec;
      rule.view.output = rule.view.output || view.output;
      rule.strength = std::max(rule.strength, strength);
      return;
    }
    if (strength > rule.strength ||
        (strength == rule.strength && strictness(view) > strictness(rule.view))) {
      rule = {std::move(view), strength};
    }
    return;
  }
  rules_.push_back({std::move(view), strength});
}

std::vector<PlannedView> Rules::sorted() const {
  std::vector<const PlannedView*> order;
  order.reserve(rules_.size());
  for (const auto& rule : rules_) order.push_back(&rule.view);
  std::sort(order.begin(), order.end(), [](const PlannedView* a, const PlannedView* b) {
    return std::lexicographical_compare(
        a->path.begin(), a->path.end(), b->path.begin(), b->path.end(),
        // '/' before every other character keeps a subtree together.
        [](char x, char y) { return (x == '/' ? '\1' : x) < (y == '/' ? '\1' : y); });
  });
  std::vector<PlannedView> views;
  views.reserve(order.size());
  for (const PlannedView* view : order) views.push_back(*view);
  return views;
}

PlannedView simple_view(const std::string& path, View view, bool directory,
                        const std::string& rule) {
  PlannedView planned;
  planned.path = path;
  planned.view = view;
  planned.directory = directory;
  planned.rule = rule;
  return planned;
}

}  // namespace rind
