// Covering paths of a container with empty files and directories.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "common/base/fd.h"
#include "common/policy/view.h"
#include "hook/decide/decide.h"

namespace rind::hook {

// Use it in the container's mount namespace, before any process of the container runs. While it
// exists, a tmpfs of the hook may be mounted on the rootfs's top directory, because only a mounted
// file can be cloned. Paths that are opened from the descriptor `rootfs` are below that tmpfs.
class Covers {
 public:
  // rootfs: a descriptor of the top directory, which must outlive this object. owner: the
  // container's root. label: from hook/container/selinux.h.
  Covers(int rootfs, HostIds owner, std::string label)
      : rootfs_(rootfs), owner_(owner), label_(std::move(label)) {}
  ~Covers();
  Covers(const Covers&) = delete;
  Covers& operator=(const Covers&) = delete;

  // Mounts an empty directory or an empty regular file on `target` (O_PATH), read-only, so that
  // writes fail. path: for messages.
  void hide(int target, bool directory, const std::string& path);

  // Mounts an empty, writable tmpfs with the directory's owner and mode on the directory `target`.
  void make_private(int target, const ViewSpec& view, const std::string& path) const;

 private:
  Fd empty_file(const std::string& path);

  int rootfs_;
  HostIds owner_;
  std::string label_;
  Fd files_;
};

}  // namespace rind::hook
