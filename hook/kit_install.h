// Putting the kit into a container and the helper over its seams.
//
// Contract: the caller has joined the container's mount namespace, nothing of the container runs yet,
// and the rootfs is hostile. Every mount is made detached, given its attributes, and moved onto a
// descriptor; directories and files are made in tmpfs instances of ours, plus one directory, `rind`,
// in the container's own /dev, which is checked to be a tmpfs that is not the host's.
#pragma once

#include <string>
#include <vector>

#include "common/kit.h"
#include "common/resolve.h"
#include "hook/container.h"
#include "hook/search.h"

namespace rind::hook {

// Clones of the helper's file, taken before the container's mount namespace is joined: the kernel
// clones only mounts of the namespace that the caller is in. Each is read-only, nosuid and nodev.
// count: one for the kit and one a seam. Throws Error when `path` is no plain, static-looking file.
std::vector<Fd> clone_helper(const std::string& path, size_t count);

// The device number of the host's /dev, so that the container's can be told from it.
dev_t host_dev_device();

struct KitContents {
  std::string policy;         // JSON text
  kit::Manifest manifest;     // without seams: install_kit fills them in
  uint64_t leases = 0;
  RootIds owner;
  dev_t host_dev = 0;
};

// Makes /dev/rind and covers `seams`. helper: clone_helper(path, seams.size() + 1).
void install_kit(const Container& container, const Root& rootfs, KitContents contents,
                 const std::vector<FoundSeam>& seams, std::vector<Fd> helper);

}  // namespace rind::hook
