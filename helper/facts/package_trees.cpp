#include "helper/facts/package_trees.h"

#include <unistd.h>

#include <algorithm>

#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/facts/gather.h"
#include "helper/facts/links.h"
#include "helper/facts/paths.h"

namespace rind {

const std::vector<std::string>& PackageTrees::trees() const {
  if (trees_) return *trees_;
  trees_.emplace();
  for (const auto& tree : {step_.source, step_.build_environment}) {
    if (!tree.empty()) trees_->push_back(tree);
  }
  // A step can remove what makes a directory look like a project.
  const std::string home = home_.empty() ? home_ : path_fact(home_).canonical;
  for (auto& directory : directories_of(::getppid())) {
    const bool holds_more = directory == "/" || is_within(home, directory);
    if (!holds_more) trees_->push_back(std::move(directory));
  }
  return *trees_;
}

std::string PackageTrees::holding(const std::string& directory) const {
  for (const auto& tree : trees()) {
    if (is_within(directory, tree)) return tree;
  }
  for (std::string at = directory; at.size() > 1; at = parent_of(at)) {
    const bool project = looks_like_project(at) || has_changed_words(at);
    if (project || !sources_beside(at).empty()) return at;
  }
  return {};
}

bool PackageTrees::lead_out(const std::string& path, const std::string& canonical) const {
  const std::vector<Link> links = links_on_the_way(path);
  return std::any_of(links.begin(), links.end(), [&](const Link& link) {
    const std::string tree = holding(parent_of(link.path));
    return !tree.empty() && !is_within(canonical, tree);
  });
}

}  // namespace rind
