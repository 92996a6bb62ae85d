// Repositories in the sources of a step that works as the builder itself, and is lent nothing.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/supervisor/git_guard.h"

namespace rind {

// The guards of trees that a step has without their being lent (helper/supervisor/lend.h has those
// of the others).
class OwnTrees {
 public:
  explicit OwnTrees(const std::vector<std::string>& trees);
  // Puts back what put_back() did not.
  ~OwnTrees();
  OwnTrees(const OwnTrees&) = delete;
  OwnTrees& operator=(const OwnTrees&) = delete;
  // Throws Error. Returns what people are to be told.
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
