// Narrowing a container's mounts as the policy's `narrow` says, before anything of it runs.
//
// Contract: the caller has joined the container's mount namespace and has not yet mounted anything
// in it. The rootfs is hostile: its paths go through Root, and what was opened is looked at, not
// what was meant. Afterwards nothing that is mounted in the rootfs travels to the host.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/container/host_places.h"
#include "hook/container/mount_table.h"
#include "hook/narrow/engine_sockets.h"

namespace rind::hook {

// What is looked up on the host before the container's mount namespace is joined.
struct HostMounts {
  // Throws Error.
  HostMounts(const NarrowRules& rules, const MountTable& table);

  std::set<dev_t> devices;  // of the file systems that the host has mounted
  std::vector<EngineFile> engine_files;
  std::vector<kit::HostPlace> places;  // of hook/container/host_places.h
};

// What was done, as counts.
struct Narrowed {
  bool shared = false;  // mounts were shared with the host, and no longer are
  size_t mounts = 0;    // have nosuid, nodev, noexec now, without those in them
  size_t sockets = 0;   // engine sockets and directories of theirs, hidden
  size_t paths = 0;     // views
  // For the kit, with the container's own overlays of them; and the container's mounts that show
  // one of them, or are a procfs beside its own.
  std::vector<kit::HostPlace> host_places;
  size_t host_mounts = 0;

  // True when something may have been covered since the rootfs was searched.
  bool covered() const { return sockets + paths != 0; }
  // For the journal: "narrowed: 3 mount(s) from the host, ...".
  std::string summary() const;
};

// label: of hook/container/selinux.h. Throws Error naming the path: what cannot be narrowed does
// not start.
Narrowed narrow(const Container& container, const Root& rootfs, const NarrowRules& rules,
                const HostMounts& host, const MountTable& table, const std::string& label);

}  // namespace rind::hook
