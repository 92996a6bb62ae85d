#include "helper/pid1/devices.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/kit/ready.h"
#include "helper/pid1/skeleton.h"

namespace rind {
namespace {

// The machine has 4096 in all (kernel.pty.max), of which containers get three quarters: one step
// must not take the others' away.
constexpr const char* kMostTerminals = "256";

// Mounts a devpts of the step's own. SELinux denies that to container_t (EACCES, EPERM): where the
// policy only prefers terminals, the directory stays empty. The container's own terminals are never
// shown.
void mount_terminals(int dev, Want terminals, Notes& notes) {
  if (terminals == Want::kNone) return;
  try {
    const Fd pts =
        mnt::make("devpts", {{"ptmxmode", "0666"}, {"mode", "0620"}, {"max", kMostTerminals}},
                  mnt::kNoSuid | mnt::kNoExec);
    const Fd target = sys::open(dev, "pts", O_PATH | O_DIRECTORY | O_NOFOLLOW);
    mnt::attach(pts.get(), target.get(), "/dev/pts");
  } catch (const SysError& e) {
    const bool denied = e.code() == EPERM || e.code() == EACCES;
    if (denied && terminals == Want::kPreferred) {
      notes.push_back(std::string("terminals: ") + e.what());
      return;
    }
    throw Error("mount the step's /dev/pts", e.what(),
                "set terminals to \"preferred\" or \"none\" in the policy");
  }
}

void mount_message_queues(int dev) {
  const Fd queues = mnt::make("mqueue", {}, mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec);
  const Fd target = sys::open(dev, "mqueue", O_PATH | O_DIRECTORY | O_NOFOLLOW);
  mnt::attach(queues.get(), target.get(), "/dev/mqueue");
}

// The path of the ready /dev for this plan; "" when it needs one of its own.
std::string ready_path(const Plan& plan) {
  using Point = PlannedView::MountPoint;
  const auto view = std::find_if(plan.views.begin(), plan.views.end(), [](const auto& v) {
    return v.kind == PlannedView::Kind::kDevices;
  });
  const bool has_points = view != plan.views.end() && view->skeleton.size() == 1 &&
                          view->skeleton[0].type == Point::kDirectory &&
                          view->skeleton[0].path == kit::kSharedMemory;
  if (!has_points || !plan.devices.links.empty()) return {};
  return kit::ready_devices(plan.devices.given);
}

std::vector<Device> clone_nodes(const std::vector<std::string>& names) {
  std::vector<Device> devices;
  for (const auto& name : names) {
    const std::string path = "/dev/" + name;
    const Fd node = try_open_canonical(path, O_PATH | O_NOFOLLOW);
    if (!node) continue;  // it was unplugged after the plan
    if (!S_ISCHR(sys::stat_fd(node.get(), path).st_mode)) continue;
    Fd tree = mnt::clone_tree(node.get(), false, path);
    // Read-only protects the device's mode and owner; the step can still write to the device.
    mnt::set_attributes(tree.get(), mnt::kReadOnly | mnt::kNoSuid | mnt::kNoExec, false, path);
    devices.push_back({name, std::move(tree)});
  }
  return devices;
}

Fd make_devices(const PlannedView& view, const std::vector<Device>& devices, const Plan& plan) {
  using Point = PlannedView::MountPoint;
  Fd dev = mnt::make("tmpfs", {{"source", "rind"}, {"mode", "0755"}, {"size", "64k"}},
                     mnt::kNoSuid | mnt::kNoExec);
  // First: a view may have links of the container's /dev, and a link that is there already stays.
  std::vector<Point> nodes;
  for (const auto& [name, target] : kit::kDeviceLinks)
    nodes.push_back({name, Point::kLink, target});
  for (const char* name : kit::kDevicePoints) nodes.push_back({name, Point::kDirectory, {}});
  for (const auto& device : devices) nodes.push_back({device.name, Point::kFile, {}});
  for (const auto& link : plan.devices.links) {
    nodes.push_back({link.first, Point::kLink, link.second});
  }
  make_skeleton(dev.get(), nodes, 0755);
  make_skeleton(dev.get(), view.skeleton, 0755);
  return dev;
}

}  // namespace

DeviceSources clone_devices(const Plan& plan) {
  const std::string path = ready_path(plan);
  const Fd ready =
      path.empty() ? Fd() : sys::try_open(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!ready) return {{}, clone_nodes(plan.devices.given)};
  return {mnt::clone_tree(ready.get(), true, path), {}};
}

void mount_devices(const PlannedView& view, const DeviceSources& sources, const Plan& plan,
                   Notes& notes) {
  const Fd target = open_canonical(view.path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  const Fd made = sources.ready ? Fd() : make_devices(view, sources.devices, plan);
  const int dev = sources.ready ? sources.ready.get() : made.get();
  mnt::attach(dev, target.get(), view.path);
  for (const auto& device : sources.devices) {
    // This process made all components of the name.
    const Fd node = sys::open(dev, device.name, O_PATH | O_NOFOLLOW);
    mnt::attach(device.tree.get(), node.get(), "/dev/" + device.name);
  }
  mount_terminals(dev, plan.terminals, notes);
  mount_message_queues(dev);
  if (made) mnt::set_attributes(dev, mnt::kReadOnly, false, view.path);
}

}  // namespace rind
