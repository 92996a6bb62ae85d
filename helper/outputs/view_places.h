// Checks that the views in a step's own trees are where they were.
//
// A view is mounted by its path. The place of a view cannot be renamed or removed while the step
// runs, but a directory above it can. A second run with the same plan would have the view on
// another file, and would see what it covered. And the front end would find a cache or settings
// there that the step has made.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "helper/plan/plan.h"

namespace rind {

class ViewPlaces {
  using Identity = std::optional<std::pair<dev_t, ino_t>>;  // nothing: it cannot be opened

 public:
  // Looks at the views that lie in trees to which the step can write. Call this before it starts.
  explicit ViewPlaces(const Plan& plan);
  // As remove_replaced(); reports an error instead of throwing it.
  ~ViewPlaces();
  ViewPlaces(const ViewPlaces&) = delete;
  ViewPlaces& operator=(const ViewPlaces&) = delete;

  // The path of a view that does not lead to the same file or directory any more; "" when all do.
  // Every process of the step must be dead.
  std::string moved() const;

  // Throws Error when something else is at the path of a view now. A path at which nothing is tells
  // the front end nothing. Every process of the step must be dead.
  void require_unreplaced() const;

  // Removes what a step has put at the path of a view, and returns a line for each. Call it when
  // the trees are the builder's again. Throws Error.
  std::vector<std::string> remove_replaced();

 private:
  bool is_replaced(const std::string& path, const Identity& before) const;

  static Identity look(const std::string& path);

  std::map<std::string, Identity> places_;
  std::set<std::string> watched_;  // those of them that a front end may go by
  std::set<std::string> trees_;    // that hold them, and that the step writes
};

}  // namespace rind
