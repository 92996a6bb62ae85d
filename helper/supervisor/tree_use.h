// Whether another step uses a tree. A step that lends one locks its top (flock(2)); a tree that it
// has in a twin has a mark, too (helper/supervisor/twins.h).
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/chown_tree.h"

namespace rind {

// Another step uses a tree that this one needs. Nothing is lent then: a step that waits holds no
// tree, so two steps never wait for each other.
class TreeInUse : public Error {
 public:
  TreeInUse(const std::string& path, Fd busy)
      : Error("lend " + path, "another step is using it", "wait until that step has ended"),
        path_(path),
        busy_(std::make_shared<const Fd>(std::move(busy))) {}
  const std::string& path() const { return path_; }
  // The file or directory that the other step has locked.
  int busy() const { return busy_->get(); }

 private:
  std::string path_;
  std::shared_ptr<const Fd> busy_;
};

// Throws TreeInUse when another step uses a tree of plan.lent, or one around it.
void require_unused(const Plan& plan);

// The same of one tree or file. fd: of it, not locked; not O_PATH. path: for messages. ids: of the
// leases.
void require_unused(Fd fd, const std::string& path, const std::vector<unsigned>& ids);
// The same of the directories above `top`, except those that this process has locked (own).
void require_unused_above(int top, const std::string& path, const std::vector<unsigned>& ids,
                          const std::set<FileIdentity>& own);

// Opens the tree's top or its file. Follows no link. Throws SysError.
Fd open_tree(const LentTree& tree);
// Locks `fd`; false when another process has locked it. operation: LOCK_EX or LOCK_SH. Throws
// SysError.
bool lock_tree(int fd, int operation);

bool is_on_overlay(int fd);

}  // namespace rind
