#include "helper/facts/host_mounts.h"

#include <fcntl.h>

#include <algorithm>

#include "common/base/fd.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {

std::vector<HostMount> host_mounts(const std::vector<MountInfo>& mounts,
                                   const std::vector<kit::HostPlace>& places) {
  std::vector<HostMount> found;
  for (const auto& mount : mounts) {
    if (mount.point == "/" || is_within(mount.point, "/proc") || is_within(mount.point, "/dev")) {
      continue;
    }
    const bool shows = std::any_of(places.begin(), places.end(), [&](const kit::HostPlace& place) {
      return mount.device == place.device && is_within(place.root, mount.root);
    });
    if (!shows && mount.type != "proc") continue;
    const MountInfo* top = mount_at(mounts, mount.point);
    if (top == nullptr || top->id != mount.id) continue;
    found.push_back(
        {mount.point, shows ? "the host's root" : "a procfs other than the step's own"});
  }
  return found;
}

std::vector<MountInfo> own_mounts() {
  constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;
  return parse_mountinfo(sys::read_file("/proc/self/mountinfo", kMountInfoLimit));
}

}  // namespace rind
