// Making what the kit has ready for every step (common/kit/ready.h).
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// The /dev that steps get if the policy's `devices` name no others. Contract: as
// hook/kit/install.h.
struct ReadyDevices {
  std::string path;  // in the container; "" for none: steps then make their own
  std::vector<std::string> names;
  std::vector<Fd> nodes;  // clones of the container's nodes, detached
};

// patterns: the policy's `devices`. dev: the container's /dev. Of patterns with wildcards it takes
// nothing: a container that has such devices has steps that make their own. Throws Error.
ReadyDevices clone_ready_devices(const std::vector<std::string>& patterns, int dev);

// Creates the files and mount points in the kit's top directory. Throws Error.
void make_ready_places(int kit, const ReadyDevices& devices);

// Mounts the ready /dev in the kit. owner, label: of its files. Throws Error.
void mount_ready_devices(int kit, const ReadyDevices& devices, HostIds owner,
                         const std::string& label);

}  // namespace rind::hook
