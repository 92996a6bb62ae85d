// Mounts the kit in a container, and the helper on its seams.
//
// Contract: the caller has joined the container's mount namespace and narrowed it, so that mounts
// do not propagate to the host (hook/narrow/narrow.h). No process of the container runs yet. The
// rootfs is hostile: every mount is created detached, gets its attributes, and is moved onto a
// descriptor. Files are created only in tmpfs instances of the hook. The one exception is the
// directory `rind` in the container's /dev, after a check that this is a tmpfs and not the host's.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/kit/entry.h"
#include "common/kit/find_seams.h"
#include "common/kit/manifest.h"
#include "hook/container/container.h"
#include "hook/container/mount_table.h"
#include "hook/kit/host_record.h"
#include "hook/kit/twins.h"

namespace rind::hook {

// Objects of the host, opened before joining the container's mount namespace.
struct HostView {
  // helper_path: the installed helper. clones: one for the kit and one for each seam. devices: the
  // file systems that the host has mounted. Throws Error when the helper is not a plain program.
  HostView(const std::string& helper_path, size_t clones, const std::set<dev_t>& devices);

  std::vector<Fd> helper;  // clones: the kernel only clones mounts of the current namespace
  // The container's record file, if the policy keeps records on the host.
  std::optional<HostRecord> record;
  const std::set<dev_t>& devices;
};

struct KitContents {
  std::string policy;      // JSON text
  Policy checked;          // the same
  kit::Manifest manifest;  // without seams: install_kit adds them
  // Only if the environment is narrowed; without covers: install_kit adds them.
  std::optional<kit::Entry> entry;
  uint64_t leases = 0;
  std::vector<std::string> devices;  // of the policy
  Twins twins;
  HostIds owner;
  std::string label;  // from hook/container/selinux.h
};

// Mounts /dev/rind and covers `seams`. mounts: the container's, narrowed. host: with at least
// seams.size() + 1 clones of the helper. Throws Error.
void install_kit(const Container& container, const Root& rootfs, const MountEntries& mounts,
                 KitContents contents, const std::vector<FoundSeam>& seams, const HostView& host);

}  // namespace rind::hook
