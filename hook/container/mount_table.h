// Reading a mount table (/proc/PID/mountinfo), by libmount.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rind::hook {

struct MountEntry {
  uint64_t id = 0;          // statx(2)'s
  dev_t device = 0;         // of the file system, as the table numbers it; not always its st_dev
  std::string type;         // of the file system
  std::string root;         // which directory or file of it is mounted
  std::string target;       // where, as the process sees it whose table it is
  std::string options;      // of the file system: an overlay's have its directories
  uint64_t attributes = 0;  // mnt::kReadOnly and so on, of the mount
  bool shared = false;      // mounts made below it travel to other namespaces
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

  // All of `mount_info` (/proc/PID/mountinfo), in its order. Throws Error.
  std::vector<MountEntry> list(const std::string& mount_info) const;

  // The mount with this id in it. Throws Error.
  MountEntry find(const std::string& mount_info, uint64_t id) const;
  // True when a file system with this device is mounted anywhere in `mount_info`. Throws Error.
  bool has_device(const std::string& mount_info, dev_t device) const;

 private:
  struct Library;
  struct Table;
  std::unique_ptr<Library> library_;
};

}  // namespace rind::hook
