// Applies the policy's `narrow` to a container's mounts, before any of its processes runs.
//
// Contract: the caller has joined the container's mount namespace and has not mounted anything in
// it. The rootfs is hostile: Root opens its paths, and every check uses the opened descriptor, not
// the path. Afterwards no mount made in the rootfs propagates to the host.
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

// Facts about the host, collected before joining the container's mount namespace.
struct HostMounts {
  // table: of the host. Throws Error.
  HostMounts(const NarrowRules& rules, const MountEntries& table);

  std::set<dev_t> devices;  // the file systems that the host has mounted
  std::vector<EngineFile> engine_files;
  std::vector<kit::HostPlace> places;  // from hook/container/host_places.h
};

// The result: counts for the journal, and facts for the kit.
struct Narrowed {
  bool shared = false;  // mounts were shared with the host and no longer are
  size_t mounts = 0;    // mounts that got nosuid, nodev or noexec, not counting those below them
  size_t sockets = 0;   // hidden engine sockets and engine directories
  size_t paths = 0;     // views
  // The places of the host's root, including the container's overlays of them.
  std::vector<kit::HostPlace> host_places;
  // The container's mounts that show such a place or are a procfs other than its /proc.
  size_t host_mounts = 0;

  // True when a seam that was found before may be covered now.
  bool covered() const { return sockets + paths != 0; }
  // True when the container's mount table is another one now.
  bool changed() const { return covered() || mounts != 0 || shared; }
  // For the journal: "narrowed: 3 mount(s) from the host, ...".
  std::string summary() const;
};

// mounts: the container's. label: from hook/container/selinux.h. Throws an Error that names the
// path: the container must not start unless it is narrowed completely.
Narrowed narrow(const Container& container, const Root& rootfs, const NarrowRules& rules,
                const HostMounts& host, const MountEntries& mounts, const std::string& label);

}  // namespace rind::hook
