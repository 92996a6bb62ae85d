// Lending: a tree belongs to the step while it runs, and afterwards to whom it belonged before.
//
// It works by descriptor and follows no link. A file with a hard link outside of the tree would be
// lent there, too: a copy takes its place. The top of a lent tree is locked (flock(2)). So files of
// a lease's id in an unlocked tree were left by a step whose supervisor was killed; they are taken
// over. The top is lent first and given back last.
//
// Each file that existed gets its owner and group back. A file that the step made gets what the
// builder's own would have: the builder's uid, and the group of its directory where that is setgid,
// otherwise the builder's. Of the files of a killed step nothing is known, so they get the same.
//
// Where the kit has a twin of the volume (hook/kit/twins.h), the step owns the tree there, and on
// disk nothing changes: the tree is only looked through. A tree with files of other owners, with
// hard links outside or with setuid files is lent file by file. No owner tells another step that a
// tree is in use, so its top has a mark, too (helper/supervisor/twins.h).
//
// A tree comes back without traces of the step: no ACL names the step's id, and no directory that
// the step made passes its group on. A tree above the policy's limits comes back as a whole, too,
// and is an error then.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/chown_tree.h"
#include "helper/supervisor/git_guard.h"
#include "helper/supervisor/lease.h"
#include "helper/supervisor/owner_memory.h"
#include "helper/supervisor/tree_use.h"
#include "helper/supervisor/twins.h"

namespace rind {

class Lending {
 public:
  // Gives plan.lent to plan.uid and plan.gid, by twins where that is possible. Throws Error; then
  // everything belongs to its owners again. Throws TreeInUse when another step uses one of the
  // trees, or a part of one.
  Lending(const Plan& plan, const Twins& twins);
  // Gives back what give_back() has not.
  ~Lending();
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

  // Gives the trees back. Throws Error when one cannot be given back as a whole, or exceeds a
  // limit.
  void give_back();
  // The trees that the step owns in a twin.
  std::vector<PlannedTwin> twins() const;
  // For a process that takes over when this one is killed (helper/supervisor/caretaker.h): what
  // give_back() needs besides memory, and what keeps git from running what the step left meanwhile.
  std::vector<int> descriptors(const Lease& lease) const;
  void disarm();
  // The directories with a `.git` or a HEAD in the trees.
  std::vector<std::string> git_places() const;
  // Lines for people about git files that were restored. Call this after give_back().
  const std::vector<std::string>& said() const { return said_; }

 private:
  struct Lent {
    LentTree tree;
    Fd top;                           // locked
    std::unique_ptr<GitGuard> guard;  // null where git is not called
    Owner owner;                      // of the top, before and afterwards
    std::optional<PlannedTwin> twin;  // the step has it there; nothing in it changes its owner
    PathOf place;                     // of the top
  };
  bool is_in_twin(const LentTree& tree) const;
  bool lend_in_twin(Lent& lent, const Twins& twins);
  void look_while_entering(TreeWalk& walk) const;
  // Makes the walk throw at the limits. tree: must live as long as the walk.
  void keep_size(const LentTree& tree, TreeWalk& walk) const;
  Owner owner_of_new(const TreeEntry& entry) const;
  bool is_unlike_new(const TreeEntry& entry) const;
  Owner owner_afterwards(const TreeEntry& entry);
  std::optional<unsigned> inherited(const TreeEntry& directory, Owner owner) const;
  void remember(const TreeEntry& before, const TreeEntry& now);
  void clean(const TreeEntry& entry);
  TreeEntry top_of(const Lent& lent) const;
  void lend(const LentTree& tree, const Twins& twins);
  void lend_below(Lent& lent);
  TreeWalk lending_walk(Lent& lent, std::vector<Lease>& held);
  void give_back(const Lent& lent);
  TreeSize give_back_below(const Lent& lent, const TreeEntry& top);
  void put_git_back(const Lent& lent) const;
  bool is_lease(unsigned uid) const;
  bool is_ours(unsigned uid) const;
  void take_over(unsigned uid, std::vector<Lease>& held);

  Owner step_, builder_;
  std::vector<unsigned> ids_;
  std::vector<unsigned> taken_over_;  // ids of dead steps whose files were found
  std::vector<Lent> lent_;
  std::set<FileIdentity> tops_;  // of lent_: locked by this process
  std::vector<std::string> said_;
  LimitRules limits_;
  std::string too_large_;              // a tree that exceeds a limit
  OwnerMemory owners_;                 // of files unlike those that the builder makes
  std::set<FileIdentity> setgid_;      // directories that had the bit before the step
  std::optional<dev_t> without_acls_;  // a file system that has none
  bool on_overlay_ = false;            // the tree that is given back
};

}  // namespace rind
