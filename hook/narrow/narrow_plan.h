// Decisions about a container's mounts. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/policy/policy.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The mounts below `rootfs` that show files of the host: those of a file system that the host has
// also mounted, and overlays, whose lower directories are on the host. The image itself and the
// runtime's own tmpfs, /proc and /dev are not among them.
// table: of the container. host: the devices of the host's mounts.
std::vector<MountEntry> mounts_from_host(const std::vector<MountEntry>& table,
                                         const std::set<dev_t>& host, const std::string& rootfs);

// A mount from the host.
struct HostMount {
  MountEntry entry;
  // The file at its root. kInit: the engine's init program, bind-mounted as a file.
  enum class Kind { kOther, kDeviceNode, kInit } kind = Kind::kOther;
  bool reachable = true;  // no other mount covers it
};

// The kind of the mount at `path` in the container. mode: of its root, from stat(2).
HostMount::Kind kind_of(const std::string& path, unsigned mode);

// True when `error`, an errno of stat(2) of a mount's root, says that nobody of this container uses
// it now: a FUSE mount of another user, or a server that is dead, away or wants a new key. Such a
// root is neither a device node nor an init. False for what may hide one, such as a lack of memory.
bool is_out_of_reach(int error);

// Attributes to add to a mount.
struct Restriction {
  size_t mount = 0;  // the index of the mount
  uint64_t attributes = 0;
  bool recursive = false;
};

// nosuid, nodev and noexec as the policy sets them, for every mount. Exceptions: a bind-mounted
// device node does not get nodev, and an engine's init does not get noexec. A mount with no
// exception at or below it is restricted recursively, including covered mounts.
std::vector<Restriction> plan_restrictions(const std::vector<HostMount>& mounts,
                                           const NarrowRules& rules);

// Sorts the views so that each path comes after the paths that contain it.
std::vector<std::pair<std::string, ViewSpec>> outermost_first(
    std::vector<std::pair<std::string, ViewSpec>> views);

// path: from the policy; it leads to `resolved` in this image. Throws Error when `resolved` must
// not be covered: the root, /proc, and /dev, which will contain the kit.
void require_narrowable(const std::string& path, const std::string& resolved);

}  // namespace rind::hook
