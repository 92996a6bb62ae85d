// Mounts that would show the host itself to a step.
#pragma once

#include <string>
#include <vector>

#include "common/base/mountinfo.h"
#include "common/kit/manifest.h"

namespace rind::kit {

struct HostMount {
  std::string path;  // where it is mounted
  std::string rule;  // why no step sees it, for people
  bool operator==(const HostMount&) const = default;
};

// Returns the mounts of `mounts` (/proc/self/mountinfo) that show one of `places`, and each procfs
// except the container's own at /proc: it shows another pid namespace, or lacks the engine's masks.
// Leaves out /proc and /dev, of which a step has its own, and mounts that another mount covers. The
// table decides, not paths from the hook: a directory above a mount may have been renamed. Pure.
std::vector<HostMount> host_mounts(const std::vector<MountInfo>& mounts,
                                   const std::vector<HostPlace>& places);

// True when a step may see the host through a mount of a container that is about to start, or that
// comes to it while it runs: a mount shows one of `places`, is a procfs of another pid namespace,
// or receives the mounts of other namespaces. mount_info: the table as a process outside of the
// container sees it, where the container's root directory is `rootfs`. Pure.
bool may_show_host(const std::string& mount_info, const std::string& rootfs,
                   const std::vector<HostPlace>& places);

}  // namespace rind::kit
