// The new mount API (Linux 5.2 to 5.12) as functions that throw.
//
// Everything here works on descriptors: a mount is made detached, given its attributes while nobody
// can reach it, and then moved to a place that is held open. MS_REMOUNT is never used: SELinux
// denies it to container_t, and it races.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/fd.h"

namespace rind::mnt {

// Mount attributes (MOUNT_ATTR_* of mount_setattr(2)).
inline constexpr uint64_t kReadOnly = 0x1, kNoSuid = 0x2, kNoDev = 0x4, kNoExec = 0x8;

// A detached clone of the mount at `fd` (a file or directory opened with O_PATH), with what is
// mounted below it when `recursive`. name: for messages.
Fd clone_tree(int fd, bool recursive, const std::string& name);

// A detached new file system. options: fsconfig(2) strings, e.g. {"mode", "0755"}; an option
// without a value is set as a flag.
Fd make(const std::string& type, const std::vector<std::pair<std::string, std::string>>& options,
        uint64_t attributes);

// Adds attributes to the mount that `fd` is the root of; with `recursive` to all mounts below it
// too.
void set_attributes(int fd, uint64_t attributes, bool recursive, const std::string& name);

// As set_attributes without recursion, and takes the mount out of its propagation group: a clone of
// a mount that is shared is shared with it, and a mount made upon the clone is made on the
// original.
void make_private(int fd, uint64_t attributes, const std::string& name);

// Mounts made below the mount that `fd` is the root of, or below the mounts in it, no longer travel
// to other namespaces; those made there still arrive (MS_SLAVE).
void make_slaves(int fd, const std::string& name);

// Adds attributes to the mount that `fd` is the root of and all in it, and takes them out of every
// propagation group: nothing arrives in them any more that lacks the attributes.
void seal_tree(int fd, uint64_t attributes, const std::string& name);

// As set_attributes on the whole tree at "/", and takes it out of every propagation group.
void seal_root(uint64_t attributes);

// Moves the detached mount `tree` onto `target` (O_PATH of a directory or file).
void attach(int tree, int target, const std::string& name);

// Takes the mount that `fd` is the root of from its place (MNT_DETACH). Needs /proc.
void detach(int fd, const std::string& name);

}  // namespace rind::mnt
