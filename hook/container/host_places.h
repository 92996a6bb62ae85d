// The places of the host's root directory. Mounts that show them are hidden from steps.
//
// A path cannot identify such a mount: `-v /:/host` may be at any path, read-only, from a second
// mount of the same file system, or an overlay of it. So mounts are compared by their file system
// and the mounted directory in it. This also works for a root on a btrfs subvolume, and on an
// overlay (an engine that runs in a container). A volume on a separate file system does not match.
#pragma once

#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The place of an open file or directory (O_PATH). path: its path in `table`. table: of the
// namespace in which it was opened. The result has no device when `table` lacks its mount.
kit::HostPlace place_of(int fd, const std::string& path, const std::vector<MountEntry>& table);

kit::HostPlace place_of_mount(const MountEntry& mount);

// The place of the root, and the place of the directory that contains /etc if that is in another
// file system (ostree). table: of the host. Empty in a chroot that is not a mount point. Throws
// SysError.
std::vector<kit::HostPlace> host_places(const std::vector<MountEntry>& table);

// True when a mount of `place` shows one of `hidden`: it is that directory, or contains it. Pure.
bool shows(const kit::HostPlace& place, const std::vector<kit::HostPlace>& hidden);

// The lower directories of an overlay, from the options of its file system. Pure.
std::vector<std::string> overlay_lowers(const std::string& options);

// Adds the container's overlays (in `table`) that have one of `places` as a lower directory, e.g.
// from `-v /:/host:O`.
void add_overlays(std::vector<kit::HostPlace>& places, const std::vector<MountEntry>& table);

}  // namespace rind::hook
