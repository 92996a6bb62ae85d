// Mounts in which a step would see the host itself.
#pragma once

#include <string>
#include <vector>

#include "common/base/mountinfo.h"
#include "common/kit/manifest.h"

namespace rind {

// This process's mount table. Throws SysError.
std::vector<MountInfo> own_mounts();

struct HostMount {
  std::string path;  // where it is mounted
  std::string rule;  // why no step sees it, for people
  bool operator==(const HostMount&) const = default;
};

// Of `mounts` (/proc/self/mountinfo): those that show one of `places`, and each procfs but the
// container's own at /proc: it shows the processes of another pid namespace, or without the
// engine's masks. Not what is in /proc and /dev, which a step has of its own, nor what another
// mount covers. They are told by the table and not by paths that the hook noted: a directory that
// they lie in may have been renamed since. Pure.
std::vector<HostMount> host_mounts(const std::vector<MountInfo>& mounts,
                                   const std::vector<kit::HostPlace>& places);

}  // namespace rind
