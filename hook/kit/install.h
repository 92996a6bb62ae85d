// Putting the kit into a container and the helper over its seams.
//
// Contract: the caller has joined the container's mount namespace and narrowed it, so that nothing
// mounted there travels to the host (hook/narrow/narrow.h); nothing of the container runs yet, and
// the rootfs is hostile. Every mount is made detached, given its attributes, and moved onto a
// descriptor; directories and files are made in tmpfs instances of ours, plus one directory,
// `rind`, in the container's own /dev, which is checked to be a tmpfs that is not the host's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/kit/entry.h"
#include "common/kit/find_seams.h"
#include "common/kit/manifest.h"
#include "hook/container/container.h"
#include "hook/container/mount_table.h"
#include "hook/kit/host_record.h"

namespace rind::hook {

// What is taken from the host before the container's mount namespace is joined.
struct HostView {
  // helper_path: the installed helper. clones: one for the kit and one a seam. Throws Error when
  // the helper is no plain program.
  HostView(const std::string& helper_path, size_t clones);

  MountTable mount_table;
  std::vector<Fd> helper;  // the kernel clones only mounts of the namespace that the caller is in
  // The container's record file, where the policy wants records on the host.
  std::optional<HostRecord> record;
  std::string mount_info;  // the host's, so that its file systems can be told from the container's
};

struct KitContents {
  std::string policy;      // JSON text
  kit::Manifest manifest;  // without seams: install_kit fills them in
  // Where the environment is narrowed; without covers: install_kit fills them in.
  std::optional<kit::Entry> entry;
  uint64_t leases = 0;
  HostIds owner;
  std::string label;  // of hook/container/selinux.h
};

// Makes /dev/rind and covers `seams`. host: made with at least seams.size() + 1 clones.
void install_kit(const Container& container, const Root& rootfs, KitContents contents,
                 const std::vector<FoundSeam>& seams, const HostView& host);

}  // namespace rind::hook
