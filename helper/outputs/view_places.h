// Checks between two runs of a step that the plan still fits its trees.
//
// A view is mounted by its path. The place of a view cannot be renamed or removed while the step
// runs, but a directory above it can. A second run with the same plan would have the view on
// another file, and would see what it covered.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "helper/plan/plan.h"

namespace rind {

class ViewPlaces {
 public:
  // Looks at the views that lie in trees to which the step can write. Call this before it starts.
  explicit ViewPlaces(const Plan& plan);

  // The path of a view that does not lead to the same file or directory any more; "" when all do.
  // Every process of the step must be dead.
  std::string moved() const;

 private:
  using Identity = std::optional<std::pair<dev_t, ino_t>>;  // nothing: it cannot be opened
  static Identity look(const std::string& path);

  std::map<std::string, Identity> places_;
};

}  // namespace rind
