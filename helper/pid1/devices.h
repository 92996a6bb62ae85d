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

// What the step's /dev is made of.
struct DeviceSources {
  Fd ready;  // a clone of the kit's ready /dev; then there are no `devices`
  std::vector<Device> devices;
};

// Clones the kit's ready /dev, if it is what the plan says; otherwise device nodes of the
// container. A node that is gone, or is no character device any more, is left out. Call it before
// /dev is covered.
DeviceSources clone_devices(const Plan& plan);

// Mounts the step's /dev on the view's path: the devices, the plan's links to them, the view's
// mount points, pts and mqueue.
void mount_devices(const PlannedView& view, const DeviceSources& sources, const Plan& plan,
                   Notes& notes);

}  // namespace rind
