// The sockets of the host's container engines, and where a container would see them.
//
// A process that connects to such a socket can act as root of the host, or as the engine's user.
// The hook recognises them by file system and inode, not by a name in the container, and does not
// connect to them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hook/container/mount_table.h"

namespace rind::hook {

// A socket of an engine, or an engine's own directory.
struct EngineFile {
  std::string path;  // on the host, without symlinks
  // The device number in mount tables, and the path in that file system.
  dev_t device = 0;
  std::string root;
  // From stat(2); `dev` can differ from `device`.
  dev_t dev = 0;
  ino_t inode = 0;
  bool directory = false;
};

// The sockets and directories on the host at `patterns` (glob(7)), and the sockets directly in
// these directories. Other files are ignored, and so are paths that the hook's user cannot reach:
// the container's users have no more rights than the hook's user. Call it before joining the
// container's mount namespace. table: of the host. Throws Error.
std::vector<EngineFile> find_engine_files(const std::vector<std::string>& patterns,
                                          const std::vector<MountEntry>& table);

// A place in a container where a mount should show an engine's file.
struct EnginePlace {
  std::string path;  // in the container, absolute
  uint64_t mount_id = 0;
  size_t file = 0;     // the index of the engine's file
  bool below = false;  // the place shows something below that file, which is a directory
};

// Every place where the mounts of a container show one of `files`: the file itself under any name,
// or a directory above it. Directories come first. table: of the container; rootfs: its path in
// the table. Pure.
std::vector<EnginePlace> engine_places(const std::vector<EngineFile>& files,
                                       const std::vector<MountEntry>& table,
                                       const std::string& rootfs);

}  // namespace rind::hook
