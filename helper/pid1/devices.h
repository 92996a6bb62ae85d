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

// Clones device nodes of the container before /dev is covered. Throws Error when a name is not a
// character device.
std::vector<Device> clone_devices(const std::vector<std::string>& names);

// Mounts a tmpfs on the view's path with the devices, the view's mount points, pts and mqueue.
void mount_devices(const PlannedView& view, const std::vector<Device>& devices, Want terminals,
                   Notes& notes);

}  // namespace rind
