#include "helper/supervisor/own_trees.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "helper/supervisor/chown_tree.h"
#include "helper/supervisor/twice.h"

namespace rind {
namespace {

void walk(int top, const std::string& path, GitGuard& guard) {
  const struct stat st = sys::stat_fd(top, path);
  if (st.st_uid == ::geteuid() && (st.st_mode & 0700) != 0700) {
    ::fchmod(top, (st.st_mode & 07777) | 0700);
  }
  TreeWalk how;
  how.seen = [&](std::string_view name, const PathOf& place) { guard.see(name, place); };
  how.entering = Entering::kOwn;
  how.looking = Looking::kNames;
  chown_all_below(top, path, how);
}

}  // namespace

OwnTrees::OwnTrees(const std::vector<std::string>& trees) {
  for (const auto& path : trees) {
    trees_.push_back(
        {path, open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), GitGuard(path)});
    walk(trees_.back().top.get(), path, trees_.back().guard);
    trees_.back().guard.remember(trees_.back().top.get());
  }
}

std::vector<std::string> OwnTrees::put_back() {
  std::vector<std::string> said;
  std::vector<Tree> trees;
  trees.swap(trees_);
  std::optional<Error> trouble;
  for (auto& tree : trees) {
    try {
      twice([&] {
        walk(tree.top.get(), tree.path, tree.guard);
        tree.guard.put_back(tree.top.get(), std::nullopt);
      });
    } catch (const Error& e) {
      if (!trouble) trouble = e;
    }
    if (!tree.guard.said().empty()) said.push_back(tree.guard.said());
  }
  if (trouble) throw Error(*trouble);
  return said;
}

std::vector<std::string> OwnTrees::git_places() const {
  std::vector<std::string> places;
  for (const auto& tree : trees_) {
    for (auto& place : tree.guard.places_before()) places.push_back(std::move(place));
  }
  return places;
}

OwnTrees::~OwnTrees() {
  try {
    put_back();
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
