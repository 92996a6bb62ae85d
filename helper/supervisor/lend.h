// Lending: a tree belongs to the step while it runs, and to the builder afterwards.
//
// It works by descriptor, follows no link, and stays on one file system. A file with a hard link
// outside of the tree is refused: it would be lent, too. The top of a lent tree is locked
// (flock(2)). So files of a lease's id in an unlocked tree were left by a step whose supervisor was
// killed; they are taken over. The top is lent first and given back last.
//
// A project of another user, such as a checkout that is mounted into the container, goes back to
// that user, with the files that the builder and the step made in it. A project of several users
// goes to the builder.
//
// A tree comes back without traces of the step: no ACL names the step's id, and no directory that
// the step made passes its group on. A tree above the policy's limits comes back as a whole, too,
// and is an error then.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/chown_tree.h"
#include "helper/supervisor/git_guard.h"
#include "helper/supervisor/lease.h"

namespace rind {

class Lending {
 public:
  // Gives plan.lent to plan.uid and plan.gid. Throws Error; then everything belongs to the builder
  // again.
  explicit Lending(const Plan& plan);
  // Gives back what give_back() has not.
  ~Lending();
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

  // Gives the trees back. Throws Error when one cannot be given back as a whole, or exceeds a
  // limit.
  void give_back();
  // Lines for people about git files that were restored. Call this after give_back().
  const std::vector<std::string>& said() const { return said_; }

 private:
  struct Lent {
    LentTree tree;
    Fd top;                           // locked
    std::unique_ptr<GitGuard> guard;  // null where git is not called
    Owner owner;                      // its owner afterwards
  };
  bool keeps_setgid(const TreeEntry& entry);
  void clean(const TreeEntry& entry);
  void clean_top(const Lent& lent);
  void lend(const LentTree& tree);
  void lend_below(Lent& lent);
  void give_back(const Lent& lent);
  void put_git_back(const Lent& lent) const;
  bool is_lease(unsigned uid) const;
  bool is_ours(unsigned uid) const;
  void take_over(unsigned uid, std::vector<Lease>& held);

  Owner step_, builder_;
  std::vector<unsigned> ids_;
  std::vector<unsigned> taken_over_;  // ids of dead steps whose files were found
  std::vector<Lent> lent_;
  std::vector<std::string> said_;
  LimitRules limits_;
  std::string too_large_;             // a tree that exceeds a limit
  std::set<FileIdentity> setgid_;     // directories that had the bit before the step
  bool file_system_has_acls_ = true;  // until the kernel says otherwise
};

}  // namespace rind
