// The places in which a package may have made a link or a file that chooses what a variable of the
// front end's names.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "helper/step/step.h"

namespace rind {

class PackageTrees {
 public:
  // home: the builder's.
  PackageTrees(const Step& step, std::string home) : step_(step), home_(std::move(home)) {}

  // The tree that holds `directory` (canonical): the sources, the build environment, a project, or
  // a directory of the front end's; "" for none.
  std::string holding(const std::string& directory) const;
  // True when a link in such a tree is on the way to `path` (absolute), and `canonical`, where the
  // way ends, lies outside of that tree.
  bool lead_out(const std::string& path, const std::string& canonical) const;

 private:
  const std::vector<std::string>& trees() const;

  const Step& step_;
  std::string home_;
  // Asked for where there is a link at all.
  mutable std::optional<std::vector<std::string>> trees_;
};

}  // namespace rind
