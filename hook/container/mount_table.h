// Reads mount tables (/proc/PID/mountinfo) with libmount.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rind::hook {

struct MountEntry {
  uint64_t id = 0;          // the mount id, as in statx(2)
  dev_t device = 0;         // the file system's device in the table; may differ from st_dev
  std::string type;         // of the file system
  std::string root;         // the directory or file of the file system that is mounted
  std::string target;       // the mount point, as the owner of the table sees it
  std::string options;      // of the file system; for an overlay they contain its directories
  uint64_t attributes = 0;  // of the mount: mnt::kReadOnly and so on
  bool shared = false;      // mounts made below it propagate to other namespaces
};

// Loads libmount only for builders: with its libraries (libblkid, libselinux, libpcre2) that takes
// 0.8 ms, and the hook runs at the start of every container of the host. Create it before joining
// the container's mount namespace, so that the host's libmount is loaded. Throws Error.
class MountTable {
 public:
  MountTable();
  ~MountTable();
  MountTable(const MountTable&) = delete;
  MountTable& operator=(const MountTable&) = delete;

  // The mounts of `mount_info` (/proc/PID/mountinfo), in its order. Throws Error.
  std::vector<MountEntry> list(const std::string& mount_info) const;

  // True when `mount_info` contains a mount of the file system with this device. Throws Error.
  bool has_device(const std::string& mount_info, dev_t device) const;

 private:
  struct Library;
  struct Table;
  std::unique_ptr<Library> library_;
};

// The mount with this id in a container's table. Throws Error when there is none.
const MountEntry& find_mount(const std::vector<MountEntry>& table, uint64_t id);

}  // namespace rind::hook
