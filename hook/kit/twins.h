// Twins: id-mapped mounts of a container's volumes, by which the helper lends a tree at once.
//
// In the twin of a lease, the container's root and the lease's id have changed places, for uids and
// for gids: what is root's on disk belongs to the lease's id there, and what that id makes there is
// root's on disk. So a step can own a tree while nothing in it changes. Every other id is itself.
//
// Only the kit has twins, in a directory that no step sees and that only the container's root
// enters. That root could do the same by changing owners.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/base/resolve.h"
#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/container/mount_table.h"
#include "hook/decide/state.h"

namespace rind::hook {

struct Twins {
  struct Tree {
    unsigned id = 0;
    size_t volume = 0;
    Fd mount;  // detached
  };
  std::vector<unsigned> ids;
  std::vector<kit::Volume> volumes;
  std::vector<Tree> trees;
};

// The mounts of a container that can hold the trees of builds: writable, of the host's file
// systems, with none of the host's root in them, not at a place of the system, and with nothing
// mounted in them: a twin would show what a mount covers, such as an engine's socket. Pure. table:
// of the container, narrowed. host: the devices of the host's mounts. hidden: what no step sees.
// rootfs: its path in `table`.
std::vector<MountEntry> volumes_of(const std::vector<MountEntry>& table,
                                   const std::set<dev_t>& host,
                                   const std::vector<kit::HostPlace>& hidden,
                                   const std::string& rootfs);

// True when the policy wants twins, and steps of this container can have an id of their own.
bool wants_twins(const Policy& policy, const Config& config);

// So many volumes have twins.
inline constexpr size_t kMostVolumes = 8;

// Makes the twins, for a container for which wants_twins() holds. Only of what config.json mounts
// for writing, and where it masks nothing: runtimes make mounts read-only and mask paths after the
// hook, and a twin would stay as it is. Contract: as hook/kit/install.h;
// needs the capabilities of make_user_namespace(). Where the kernel or a file system cannot do it,
// the volume has an obstacle instead. Throws Error.
Twins make_twins(const Container& container, const Root& rootfs, const Config& config,
                 const Policy& policy, const std::vector<MountEntry>& volumes);

}  // namespace rind::hook
