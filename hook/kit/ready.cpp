#include "hook/kit/ready.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/kit/manifest.h"
#include "common/kit/ready.h"
#include "hook/container/selinux.h"
#include "hook/kit/fs_ids.h"

namespace rind::hook {
namespace {

void make_nodes(int top, const ReadyDevices& devices, HostIds owner) {
  const FsIds as_owner(owner);
  for (const auto& [name, target] : kit::kDeviceLinks) sys::make_symlink(target, top, name);
  for (const char* name : kit::kDevicePoints) sys::make_directory(top, name, 0755);
  sys::make_directory(top, kit::kSharedMemory, 0755);
  for (const auto& name : devices.names) sys::make_file(top, name, "", 0444);
}

}  // namespace

ReadyDevices clone_ready_devices(const std::vector<std::string>& patterns, int dev) {
  ReadyDevices devices;
  for (const auto& name : patterns) {
    if (has_wildcard(name) || name.find('/') != std::string::npos) continue;
    const Fd node = sys::try_open(dev, name, O_PATH | O_NOFOLLOW);
    if (!node || !S_ISCHR(sys::stat_fd(node.get(), name).st_mode)) continue;
    if (std::count(devices.names.begin(), devices.names.end(), name) != 0) continue;
    Fd tree = mnt::clone_tree(node.get(), false, name);
    // Read-only protects the device's mode and owner; a step can still write to the device.
    mnt::make_private(tree.get(), mnt::kReadOnly | mnt::kNoSuid | mnt::kNoExec, name);
    devices.names.push_back(name);
    devices.nodes.push_back(std::move(tree));
  }
  devices.path = kit::ready_devices(devices.names);
  return devices;
}

void make_ready_places(int kit, const ReadyDevices& devices) {
  sys::make_directory(kit, kit::in_kit(kit::kReady), 0755);
  sys::make_directory(kit, kit::in_kit(kit::kEmptyDirectory), 0555);
  sys::make_file(kit, kit::in_kit(kit::kEmptyFile), "", 0444);
  if (!devices.path.empty()) sys::make_directory(kit, kit::in_kit(devices.path), 0755);
}

void mount_ready_devices(int kit, const ReadyDevices& devices, HostIds owner,
                         const std::string& label) {
  if (devices.path.empty()) return;
  const Fd top = mnt::make("tmpfs",
                           labelled({{"source", "rind"},
                                     {"mode", "0755"},
                                     {"uid", std::to_string(owner.uid)},
                                     {"gid", std::to_string(owner.gid)},
                                     {"size", "64k"}},
                                    label),
                           mnt::kNoSuid | mnt::kNoExec);
  make_nodes(top.get(), devices, owner);
  const Fd target = sys::open(kit, kit::in_kit(devices.path), O_PATH | O_DIRECTORY | O_NOFOLLOW);
  mnt::attach(top.get(), target.get(), devices.path);
  for (size_t i = 0; i < devices.names.size(); ++i) {
    const Fd node = sys::open(top.get(), devices.names[i], O_PATH | O_NOFOLLOW);
    mnt::attach(devices.nodes[i].get(), node.get(), devices.path + "/" + devices.names[i]);
  }
  mnt::set_attributes(top.get(), mnt::kReadOnly, false, devices.path);
}

}  // namespace rind::hook
