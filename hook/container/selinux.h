// What SELinux asks of the hook: file systems that it makes in a container get the container's own
// label, as those that the runtime makes get it. Without it the kit would have the type of the
// engine's files and no category, and the container could not use all of it.
//
// Only file systems that the hook makes are labelled. The helper is the host's own file, mounted
// where it is wanted, and keeps its type (rind_exec_t) by which SELinux knows it; the originals are
// the image's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

// Options of a file system, as mnt::make takes them.
using MountOptions = std::vector<std::pair<std::string, std::string>>;

// The label for what is mounted in this container: config.json's, "" where this kernel has no
// SELinux. Reads the host's /proc where config.json has one.
std::string label_for(const Config& config);

// Whether /proc/filesystems is that of a kernel in which SELinux is enabled: to any other one the
// option `context` is an error. Pure.
bool enables_selinux(const std::string& filesystems);

// `options` for a file system of the container; as they are where `label` is empty. Pure.
MountOptions labelled(MountOptions options, const std::string& label);

}  // namespace rind::hook
