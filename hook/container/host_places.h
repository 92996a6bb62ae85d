// Where the host's root directory lies: what a container's mount must not show to a step.
//
// A path does not tell: `-v /:/host` may be at any place, read-only, of a second mount of the same
// file system, or an overlay of it. A mount is told by its file system and by the directory of it
// that is mounted; so is the root, also where it is a btrfs subvolume, or an overlay (in a
// container in which an engine runs). A volume that is a file system of its own is none of these.
#pragma once

#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The place of an open file or directory (O_PATH), by the table of the namespace that it was opened
// in; one without a device where the table does not have its mount. path: its own, as in the table.
kit::HostPlace place_of(int fd, const std::string& path, const std::vector<MountEntry>& table);

kit::HostPlace place_of_mount(const MountEntry& mount);

// The places of the root, and of what holds /etc where that is another file system's directory
// (ostree). table: the host's. Empty in a chroot that is no mount. Throws SysError.
std::vector<kit::HostPlace> host_places(const std::vector<MountEntry>& table);

// True when a mount of `place` shows one of `hidden`: it is that directory, or holds it. Pure.
bool shows(const kit::HostPlace& place, const std::vector<kit::HostPlace>& hidden);

// The directories below an overlay, from the options of its file system. Pure.
std::vector<std::string> overlay_lowers(const std::string& options);

// Adds the overlays of `table` (the container's) that lie over one of `places`. `-v /:/host:O`
// makes one.
void add_overlays(std::vector<kit::HostPlace>& places, const std::vector<MountEntry>& table);

}  // namespace rind::hook
