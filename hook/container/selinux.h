// SELinux labels: each file system that the hook makes in a container gets the container's label,
// like those that the runtime makes. Otherwise the kit would have the type of the engine's files
// and no category, and the container could not use all of it.
//
// Mounts of existing files keep their labels: the helper is a file of the host, which SELinux knows
// by its type (rind_exec_t); the originals belong to the image.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

// Options of a file system, as mnt::make takes them.
using MountOptions = std::vector<std::pair<std::string, std::string>>;

// The label for file systems in this container: the one in config.json, or "" when SELinux is not
// enabled. Reads the host's /proc only if config.json has a label.
std::string label_for(const Config& config);

// filesystems: the text of /proc/filesystems. True when SELinux is enabled; otherwise the kernel
// refuses the mount option `context`. Pure.
bool enables_selinux(const std::string& filesystems);

// `options` with the label added; unchanged when `label` is empty. Pure.
MountOptions labelled(MountOptions options, const std::string& label);

}  // namespace rind::hook
