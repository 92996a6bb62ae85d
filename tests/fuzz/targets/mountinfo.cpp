// Mount tables: the hook's reader, the helper's and libmount's agree.
#include "common/base/mountinfo.h"

#include "common/kit/host_mounts.h"
#include "hook/container/libmount.h"
#include "hook/container/mount_table.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_mountinfo(std::string_view input) {
  const std::string text(input);
  const auto mounts = parse_mountinfo(text);
  for (const auto& mount : mounts) {
    require(mount.point.starts_with('/'), "a mount point is absolute");
    mount_at(mounts, mount.point);
  }
  kit::may_show_host(text, "/rootfs", {{"8:1", "/"}});
  const auto known = hook::known_mount_table(text);
  if (!known) {
    accepts([&] { hook::KnownMountTable().list(text); });
    return;
  }
  require(known->size() == mounts.size(), "both readers see each mount");
  for (size_t i = 0; i < mounts.size(); ++i) {
    const hook::MountEntry& one = (*known)[i];
    const MountInfo& other = mounts[i];
    require(one.id == other.id && one.target == other.point && one.root == other.root &&
                one.type == other.type,
            "both readers see the same mount");
    require(!one.shared || other.propagates, "both readers see what is shared");
  }
  static const hook::LibMount libmount;
  // It ends a text at a NUL, which no kernel writes.
  if (text.find('\0') == std::string::npos)
    require(libmount.list(text) == *known, "libmount reads the same");
}

}  // namespace rind::fuzz
