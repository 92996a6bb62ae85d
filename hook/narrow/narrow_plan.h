// What becomes of a container's mounts. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/policy/policy.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The mounts in `rootfs` (but for the rootfs itself) that show what is not the container's alone: a
// file system that the host has mounted too, or an overlay, whose lower directories are the host's.
// What an image or a runtime's own tmpfs, /proc and /dev bring is not among them.
// table: the container's. host: the file systems of the host's table.
std::vector<MountEntry> mounts_from_host(const std::vector<MountEntry>& table,
                                         const std::set<dev_t>& host, const std::string& rootfs);

// A mount from the host as it was found.
struct HostMount {
  MountEntry entry;
  // What lies at its root. An engine's init is its own program, bound in as a file.
  enum class Kind { kOther, kDeviceNode, kInit } kind = Kind::kOther;
  bool reachable = true;  // no other mount lies over it
};

// The kind of the mount at `path` of the container, of which stat(2) says `mode`.
HostMount::Kind kind_of(const std::string& path, unsigned mode);

// Attributes to add to a mount.
struct Restriction {
  size_t mount = 0;  // of the mounts that were given
  uint64_t attributes = 0;
  bool recursive = false;
};

// nosuid, nodev and noexec as the policy has them, for every mount. A device node that was bound in
// stays one, and an engine's init a program. Where none lies below a mount everything is done at
// once, with what is covered there, too.
std::vector<Restriction> plan_restrictions(const std::vector<HostMount>& mounts,
                                           const NarrowRules& rules);

// The views, each path after those that it lies in.
std::vector<std::pair<std::string, ViewSpec>> outermost_first(
    std::vector<std::pair<std::string, ViewSpec>> views);

// Throws Error when `path`, which the policy names and which leads to `resolved` in this image,
// must not be covered: the root, /proc and /dev, and with it the kit.
void require_narrowable(const std::string& path, const std::string& resolved);

}  // namespace rind::hook
