// The new mount API (Linux 5.2 to 5.12) as functions that throw.
//
// Every function works on descriptors: a mount is created detached, gets its attributes while no
// process can reach it, and is then moved onto an open descriptor. MS_REMOUNT is never used:
// SELinux denies it to container_t, and it races.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/fd.h"

namespace rind::mnt {

// Mount attributes (MOUNT_ATTR_* of mount_setattr(2)).
inline constexpr uint64_t kReadOnly = 0x1, kNoSuid = 0x2, kNoDev = 0x4, kNoExec = 0x8;

// A detached clone of the mount at `fd` (a file or directory opened with O_PATH). recursive: with
// all mounts below it. name: for messages.
Fd clone_tree(int fd, bool recursive, const std::string& name);

// A detached new file system. options: fsconfig(2) strings, e.g. {"mode", "0755"}; an option
// without a value is set as a flag.
Fd make(const std::string& type, const std::vector<std::pair<std::string, std::string>>& options,
        uint64_t attributes);

// Adds attributes to the mount whose root is `fd`. recursive: also to all mounts below it.
void set_attributes(int fd, uint64_t attributes, bool recursive, const std::string& name);

// Like set_attributes without recursion; also removes the mount from its propagation group. A clone
// of a shared mount is in the same group: a mount made on the clone would appear on the original.
void make_private(int fd, uint64_t attributes, const std::string& name);

// A detached clone of the mount at `fd` alone that shows other owners: user_namespace maps the ids
// on disk (inside) to those that are shown (outside). It has these attributes more and belongs to
// no propagation group. Throws SysError where the kernel or the file system cannot do it (EINVAL,
// EPERM).
Fd clone_idmapped(int fd, int user_namespace, uint64_t attributes, const std::string& name);

// Makes the mount whose root is `fd`, and all mounts below it, slaves (MS_SLAVE): mounts made in
// them no longer propagate to other namespaces; mounts made in other namespaces still arrive.
void make_slaves(int fd, const std::string& name);

// Adds attributes to the mount whose root is `fd` and to all mounts below it, and removes them from
// every propagation group: no mount without these attributes can arrive in them.
void seal_tree(int fd, uint64_t attributes, const std::string& name);

// Like seal_tree, for the whole tree at "/".
void seal_root(uint64_t attributes);

// Moves the detached mount `tree` onto `target` (O_PATH of a directory or file).
void attach(int tree, int target, const std::string& name);

// Unmounts the mount whose root is `fd` (MNT_DETACH). Needs /proc.
void detach(int fd, const std::string& name);

}  // namespace rind::mnt
