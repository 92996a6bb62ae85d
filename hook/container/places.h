// Checks the paths of a container on which the hook is about to mount.
//
// Contract: the caller has joined the container's mount namespace, and no process of the container
// runs yet. The rootfs is hostile, and config.json is not enough: a symlink in the image may lead a
// volume's destination to another path.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "common/kit/find_seams.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The container's /proc, held open.
class ContainerProc {
 public:
  explicit ContainerProc(Fd proc) : proc_(std::move(proc)) {}
  // Call it from a process in the container's pid namespace. Throws Error unless this procfs shows
  // the caller: it belongs to that pid namespace, or to an outer one (-v /proc:/proc).
  void require_reader() const;

 private:
  Fd proc_;
};

class Places {
 public:
  // mounts: the container's. host_devices: the file systems that the host has mounted.
  // masked_paths: from config.json. Throws SysError.
  Places(const Root& rootfs, const MountEntries& mounts, const std::set<dev_t>& host_devices,
         const std::vector<std::string>& masked_paths);

  // The container's /dev. Throws Error unless it is a whole tmpfs that is not mounted on the host
  // and whose mounts do not propagate to other namespaces.
  Fd open_dev() const;

  // The container's /proc. Throws Error unless it is a whole, writable procfs: the supervisor
  // writes the id maps of steps to it.
  ContainerProc open_proc() const;

  // The path of the seam in the container. Throws Error when it must not be covered: the mount
  // would appear on the host, the seam's original would show what the engine masks, or the manifest
  // cannot contain its path.
  std::string require_seam(const FoundSeam& seam) const;

  // True when the engine will mask a path in the container's directory `inside`.
  bool masks_below(const std::string& inside) const;

 private:
  const Root& rootfs_;
  const MountEntries& mounts_;
  const std::set<dev_t>& host_devices_;
  const std::string top_;
  std::vector<std::string> masked_;  // paths as the hook sees them
};

}  // namespace rind::hook
