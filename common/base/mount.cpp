#include "common/base/mount.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"

// <sys/mount.h> is not included: it declares the same names as <linux/mount.h>.
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace rind::mnt {
namespace {

constexpr uint64_t kPrivatePropagation = 1UL << 18;  // MS_PRIVATE
constexpr uint64_t kSlavePropagation = 1UL << 19;    // MS_SLAVE

void set_attr(int fd, const char* path, unsigned flags, uint64_t set, uint64_t propagation,
              const std::string& name) {
  struct mount_attr attr = {};
  attr.attr_set = set;
  attr.propagation = propagation;
  if (::syscall(SYS_mount_setattr, fd, path, flags, &attr, sizeof attr) != 0) {
    throw_errno("set mount attributes of", name);
  }
}

}  // namespace

Fd clone_tree(int fd, bool recursive, const std::string& name) {
  const unsigned flags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
  const long tree = ::syscall(SYS_open_tree, fd, "", flags);
  if (tree < 0) throw_errno("clone the mount of", name);
  return Fd(static_cast<int>(tree));
}

Fd make(const std::string& type, const std::vector<std::pair<std::string, std::string>>& options,
        uint64_t attributes) {
  const Fd context(static_cast<int>(::syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC)));
  if (!context) throw_errno("open file system", type);
  for (const auto& [key, value] : options) {
    const unsigned command = value.empty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    if (::syscall(SYS_fsconfig, context.get(), command, key.c_str(),
                  value.empty() ? nullptr : value.c_str(), 0) != 0) {
      throw_errno("set option " + key + " of file system", type);
    }
  }
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw_errno("create file system", type);
  }
  Fd tree(static_cast<int>(
      ::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes))));
  if (!tree) throw_errno("mount file system", type);
  return tree;
}

void set_attributes(int fd, uint64_t attributes, bool recursive, const std::string& name) {
  set_attr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U), attributes, 0, name);
}

void make_private(int fd, uint64_t attributes, const std::string& name) {
  set_attr(fd, "", AT_EMPTY_PATH, attributes, kPrivatePropagation, name);
}

Fd clone_idmapped(int fd, int user_namespace, uint64_t attributes, const std::string& name) {
  Fd tree = clone_tree(fd, false, name);
  struct mount_attr attr = {};
  attr.attr_set = attributes | MOUNT_ATTR_IDMAP;
  attr.propagation = kPrivatePropagation;
  attr.userns_fd = static_cast<uint64_t>(user_namespace);
  if (::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attr, sizeof attr) != 0) {
    throw_errno("map the ids of the mount of", name);
  }
  return tree;
}

void make_slaves(int fd, const std::string& name) {
  set_attr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, 0, kSlavePropagation, name);
}

void seal_tree(int fd, uint64_t attributes, const std::string& name) {
  set_attr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, attributes, kPrivatePropagation, name);
}

void seal_root(uint64_t attributes) {
  set_attr(AT_FDCWD, "/", AT_RECURSIVE, attributes, kPrivatePropagation, "/");
}

void attach(int tree, int target, const std::string& name) {
  if (::syscall(SYS_move_mount, tree, "", target, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
    throw_errno("mount on", name);
  }
}

void detach(int fd, const std::string& name) {
  constexpr int kDetach = 2;  // MNT_DETACH
  const std::string place = "/proc/self/fd/" + std::to_string(fd);
  if (::syscall(SYS_umount2, place.c_str(), kDetach) != 0) throw_errno("unmount", name);
}

}  // namespace rind::mnt
