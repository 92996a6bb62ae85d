// The places of a container where something is about to be mounted, checked.
//
// Contract: the caller has joined the container's mount namespace and nothing of the container runs
// yet. The rootfs is hostile, and config.json alone does not tell what lies where: a volume's
// destination may lead elsewhere by a link of the image.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "common/kit/find_seams.h"
#include "hook/container/container.h"
#include "hook/container/mount_table.h"

namespace rind::hook {

// The container's /proc, held open.
class ContainerProc {
 public:
  explicit ContainerProc(Fd proc) : proc_(std::move(proc)) {}
  // Throws Error unless it shows the calling process, which is to be one of the container's pid
  // namespace: it is that namespace's procfs, or of one outside of it (-v /proc:/proc).
  void require_reader() const;

 private:
  Fd proc_;
};

class Places {
 public:
  // table: made on the host. host_mount_info: /proc/self/mountinfo as it was there. masked_paths:
  // config.json's. Throws SysError.
  Places(const Container& container, const Root& rootfs, const MountTable& table,
         const std::string& host_mount_info, const std::vector<std::string>& masked_paths);

  // The container's /dev: a tmpfs, whole, mounted nowhere on the host, and nothing that is mounted
  // below it would travel to another namespace. Throws Error when it is something else.
  Fd open_dev() const;

  // The container's /proc: a whole procfs that can be written to, or no step could be given its
  // ids. Throws Error when it is something else.
  ContainerProc open_proc() const;

  // Where the seam is inside the container. Throws Error when it must not be covered: what is
  // mounted there would be seen on the host, its original would show what the engine masks, or the
  // manifest could not name it.
  std::string require_seam(const FoundSeam& seam) const;

  // True when the engine will mask something within the directory at `inside`.
  bool masks_below(const std::string& inside) const;

 private:
  const Root& rootfs_;
  const MountTable& table_;
  const std::string &host_mount_info_, mount_info_;
  std::vector<std::string> masked_;  // as this process sees them
};

}  // namespace rind::hook
