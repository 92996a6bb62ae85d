// The rights of a step's processes to one file that they find. Pure.
#pragma once

#include <string>

#include "helper/facts/node_facts.h"
#include "helper/plan/plan.h"

namespace rind {

// A file as the step finds it (helper/plan/step_tree.h).
struct StepNode {
  // As the step finds it. read_only and noexec hold for the view and for the container's mount.
  NodeFact fact;
  // The view that decides; nullptr for the read-only root.
  const PlannedView* view = nullptr;
  // The step's uid and gid own it: lent, made for the step, or the builder's for a step that keeps
  // the builder's ids.
  bool own = false;
  // The container's mount is read-only or noexec, whatever the view says.
  bool mount_read_only = false, mount_noexec = false;
  // In a cow view: it is in the layer below, and has to be copied before it changes. fixed: the
  // kernel cannot copy it. readable: by the step, so that the kernel can open it.
  bool lower = false, lower_fixed = false, lower_readable = false;
  bool masked = false;      // in /proc, as the container masks it
  bool of_process = false;  // in /proc/self: it depends on the process
};

// Rights, as in the last digits of a mode.
inline constexpr unsigned kReadRight = 4, kWriteRight = 2, kSearchRight = 1;

// True for a step that keeps the builder's ids.
bool keeps_builders_ids(const Plan& plan);

// The rights of the step's processes to the node, by owner, mode and ACL alone.
unsigned rights_of_step(const Plan& plan, const AccessFacts& facts, const StepNode& node);

// True when the step's namespace has all ids of the file, those of its ACL, too.
bool is_mapped(const Plan& plan, const StepNode& node);

// The owner and the mode in words: "mode 0600 of uid 0, the step is another user".
std::string rights_text(const Plan& plan, const StepNode& node);

}  // namespace rind
