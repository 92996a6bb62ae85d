// What a path of the container is covered with: something empty.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "common/base/fd.h"
#include "common/policy/view.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// Made in the container's mount namespace, with nothing of the container running. While it exists,
// a file system of ours may lie on the rootfs's top directory, because only what is mounted can be
// cloned; paths that are opened from `rootfs` pass beneath it.
class Covers {
 public:
  // rootfs: its top directory, which must outlive this object. owner: the container's root. label:
  // of hook/container/selinux.h.
  Covers(int rootfs, HostIds owner, std::string label)
      : rootfs_(rootfs), owner_(owner), label_(std::move(label)) {}
  ~Covers();
  Covers(const Covers&) = delete;
  Covers& operator=(const Covers&) = delete;

  // Mounts an empty directory or an empty regular file on `target` (O_PATH), read-only: a write
  // fails. path: for messages.
  void hide(int target, bool directory, const std::string& path);

  // Mounts an empty, writable tmpfs on the directory `target`, with its owner and mode.
  void make_private(int target, const ViewSpec& view, const std::string& path) const;

 private:
  Fd empty_file(const std::string& path);

  int rootfs_;
  HostIds owner_;
  std::string label_;
  Fd files_;
};

}  // namespace rind::hook
