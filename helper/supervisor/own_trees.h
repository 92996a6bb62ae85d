// Guards repositories in the sources of a step that runs with the builder's uid. Its trees are not
// lent.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/supervisor/git_guard.h"

namespace rind {

// The git guards of trees that are not lent (helper/supervisor/lend.h has those of lent trees).
class OwnTrees {
 public:
  explicit OwnTrees(const std::vector<std::string>& trees);
  // Restores what put_back() has not.
  ~OwnTrees();
  OwnTrees(const OwnTrees&) = delete;
  OwnTrees& operator=(const OwnTrees&) = delete;
  // The directories with a `.git` or a HEAD in the trees.
  std::vector<std::string> git_places() const;
  // Restores the trees. Returns lines for people. Throws Error.
  std::vector<std::string> put_back();

 private:
  struct Tree {
    std::string path;
    Fd top;
    GitGuard guard;
  };
  std::vector<Tree> trees_;
};

}  // namespace rind
