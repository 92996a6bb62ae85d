// The step's /dev: a few device nodes, its own terminals, shared memory and message queues.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

struct Device {
  std::string name;
  Fd tree;  // a clone of the container's node, detached
};

// Clones device nodes of the container before /dev is covered. One that is gone, or is no character
// device any more, is left out.
std::vector<Device> clone_devices(const std::vector<std::string>& names);

// Mounts a tmpfs on the view's path with the devices, the plan's links to them, the view's mount
// points, pts and mqueue.
void mount_devices(const PlannedView& view, const std::vector<Device>& devices, const Plan& plan,
                   Notes& notes);

}  // namespace rind
