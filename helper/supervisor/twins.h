// Which trees a step can own in a twin of their volume (hook/kit/twins.h), and why others cannot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/base/mountinfo.h"
#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/chown_tree.h"

namespace rind {

class Twins {
 public:
  // Reads the mount table where the kit has twins and the plan lends trees. The arguments must live
  // longer than this object. Throws SysError.
  Twins(const LendRules& rules, const kit::Manifest& manifest, const Plan& plan);

  // The ids with which a tree of the plan has a twin; empty when none has one.
  std::vector<unsigned> ids() const;

  // The twin of `tree` for the step with this id. Nothing where there is none: then `obstacle` says
  // why, and is "" for a tree that lies on no volume.
  std::optional<PlannedTwin> of(const LentTree& tree, unsigned id, std::string& obstacle) const;

  // Throws Error where the policy requires a twin and the tree has none for this reason; "": it
  // needs none.
  void require(const LentTree& tree, const std::string& obstacle) const;

 private:
  std::string obstacle_to(const LentTree& tree, const MountInfo& mount) const;

  const LendRules& rules_;
  const kit::Manifest& manifest_;
  const Plan& plan_;
  std::vector<MountInfo> mounts_;
};

// Goes through the tree without a change. Returns why its step cannot have it in a twin: with a
// file of another owner, with one that has a name outside, or with a setuid file; "" when it can.
// how: what chown_below is to do besides. Throws nothing: what `how` throws is an obstacle, too.
std::string obstacle_below(int top, const std::string& path, Owner builder, TreeWalk how);

// Marks the directory `top` as one that a step uses, until the open file is closed: a read lock of
// fcntl(2) on a byte that it does not have. flock(2) is for everybody; this mark is only Rind's.
void mark(int top);
// True when another open file of the directory has the mark.
bool is_marked(int top);
// True when no other open file of it has the mark. Neither is true where there are no such locks.
bool has_no_mark(int top);

}  // namespace rind
