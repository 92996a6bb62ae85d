// Looking a mount up in a container's mount table, by libmount.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace rind::hook {

struct MountEntry {
  std::string type;     // of the file system
  std::string root;     // which directory of it is mounted
  bool shared = false;  // mounts made below it travel to other namespaces
};

// libmount, loaded when it is needed and not before: with the libraries that it brings (libblkid,
// libselinux, libpcre2) it takes 0.8 ms to load, and the hook runs at the start of every container
// of the host. Make it while the host's file system is the one in sight. Throws Error.
class MountTable {
 public:
  MountTable();
  ~MountTable();
  MountTable(const MountTable&) = delete;
  MountTable& operator=(const MountTable&) = delete;

  // The mount with this id (statx(2)) in `mount_info` (/proc/PID/mountinfo). Throws Error.
  MountEntry find(const std::string& mount_info, uint64_t id) const;
  // True when a file system with this device is mounted anywhere in `mount_info`. Throws Error.
  bool has_device(const std::string& mount_info, dev_t device) const;

 private:
  struct Library;
  struct Table;
  std::unique_ptr<Library> library_;
};

}  // namespace rind::hook
