// Lending: a tree belongs to the step while it runs, and is the builder's again afterwards.
//
// By descriptor, through no link, on one file system. A file with a name outside of the tree is
// refused: it would be lent with it. While a tree is lent its top is locked (flock(2)): what
// belongs to a lease's id and is not locked was left by a step whose supervisor was killed, and is
// taken over. The top goes first when a tree is lent, and comes back last.
//
// A project of another user's, such as a checkout that was mounted into the container, is that
// user's again, with what the builder and the step made in it. One of several users' is the
// builder's.
//
// What comes back is the builder's in every respect: no ACL names the step's id, no directory that
// the step made hands its group on. A tree above the policy's limits comes back, too, as a whole,
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
  // Gives plan.lent to plan.uid and plan.gid. Throws Error; then everything is the builder's again.
  explicit Lending(const Plan& plan);
  // Gives back what give_back() did not.
  ~Lending();
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

  // Throws Error when a tree cannot be the builder's again as a whole.
  void give_back();
  // What git would have run of the trees, and is as it was before: lines for people. After
  // give_back().
  const std::vector<std::string>& said() const { return said_; }

 private:
  struct Lent {
    LentTree tree;
    Fd top;                           // locked
    std::unique_ptr<GitGuard> guard;  // none for what git is not called in
    Owner owner;                      // whose it is afterwards
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
  std::vector<unsigned> taken_over_;  // ids of dead steps whose files were met
  std::vector<Lent> lent_;
  std::vector<std::string> said_;
  LimitRules limits_;
  std::string too_large_;             // what was given back, and is above a limit
  std::set<FileIdentity> setgid_;     // directories that had the bit before the step
  bool file_system_has_acls_ = true;  // as far as we know
};

}  // namespace rind
