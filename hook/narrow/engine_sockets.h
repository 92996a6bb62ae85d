// The sockets of the host's container engines, and where a container would see them.
//
// Whoever connects to one of them is root on the host, or its user. They are told by what lies
// behind a mount, the file system and the inode, never by a name in the container, and never by
// connecting.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hook/container/mount_table.h"

namespace rind::hook {

// A socket, or a directory that is an engine's own.
struct EngineFile {
  std::string path;  // on the host, without symlinks
  // The file system as mount tables number it, and the path in it.
  dev_t device = 0;
  std::string root;
  // What stat(2) says.
  dev_t dev = 0;
  ino_t inode = 0;
  bool directory = false;
};

// What lies on the host at `patterns` (glob(7)): sockets, directories, and the sockets directly in
// those. Anything else is no engine's. Call it before the container's mount namespace is joined.
// What the hook's user cannot reach is left out: the container's users have no more rights than it
// has. table: the host's. Throws Error.
std::vector<EngineFile> find_engine_files(const std::vector<std::string>& patterns,
                                          const std::vector<MountEntry>& table);

// Where an engine's file should be seen in a container, to be looked at.
struct EnginePlace {
  std::string path;  // in the container, absolute
  uint64_t mount_id = 0;
  // Of the files; a mount of something below an engine's directory has the directory's.
  size_t file = 0;
  bool below = false;
};

// Every place where the mounts of a container show one of `files`: the file itself under any name,
// or a directory above it. Directories come first. table: the container's; rootfs: its path there.
// Pure.
std::vector<EnginePlace> engine_places(const std::vector<EngineFile>& files,
                                       const std::vector<MountEntry>& table,
                                       const std::string& rootfs);

}  // namespace rind::hook
