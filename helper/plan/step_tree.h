// What a step finds at one path: the container's file tree as the plan's views change it. Pure.
#pragma once

#include <string>

#include "helper/facts/node_facts.h"
#include "helper/plan/plan.h"

namespace rind {

// Rights, as in the last digits of a mode.
inline constexpr unsigned kReadRight = 4, kWriteRight = 2, kSearchRight = 1;

// True for a step that keeps the builder's ids.
bool keeps_builders_ids(const Plan& plan);

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

// path: absolute, as it is in the step: no links, no "..".
StepNode node_in_step(const Plan& plan, const AccessFacts& facts, const std::string& path);

// The rights of the step's processes to the node, by owner, mode and ACL alone.
unsigned rights_of_step(const Plan& plan, const AccessFacts& facts, const StepNode& node);

}  // namespace rind
