#include "common/kit/host_mounts.h"

#include <algorithm>
#include <utility>

#include "common/base/text.h"

namespace rind::kit {

std::vector<HostMount> host_mounts(const std::vector<MountInfo>& mounts,
                                   const std::vector<HostPlace>& places) {
  std::vector<HostMount> found;
  for (const auto& mount : mounts) {
    if (mount.point == "/" || is_within(mount.point, "/proc") || is_within(mount.point, "/dev")) {
      continue;
    }
    const bool shows = std::any_of(places.begin(), places.end(), [&](const HostPlace& place) {
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

bool may_show_host(const std::string& mount_info, const std::string& rootfs,
                   const std::vector<HostPlace>& places) {
  std::vector<MountInfo> inside;
  for (auto& mount : parse_mountinfo(mount_info)) {
    if (!is_within(mount.point, rootfs)) continue;
    if (mount.propagates) return true;
    if (rootfs != "/") {
      const bool top = mount.point.size() == rootfs.size();
      mount.point = top ? std::string("/") : mount.point.substr(rootfs.size());
    }
    inside.push_back(std::move(mount));
  }
  return !host_mounts(inside, places).empty();
}

}  // namespace rind::kit
