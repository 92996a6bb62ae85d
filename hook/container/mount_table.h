// A mount table (/proc/PID/mountinfo) as values.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
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

  bool operator==(const MountEntry&) const = default;
};

using MountEntries = std::vector<MountEntry>;

// The mounts of `mount_info` (/proc/PID/mountinfo), in its order. Nothing when a line is not as the
// kernels write it that are known: libmount knows others. Pure.
std::optional<MountEntries> known_mount_table(const std::string& mount_info);

// Reads the mount tables of one start of a container.
class MountTable {
 public:
  virtual ~MountTable() = default;
  // The mounts of `mount_info`, in its order. Throws Error.
  virtual MountEntries list(const std::string& mount_info) const = 0;
};

// Reads them by known_mount_table(), without a library. Ask that function before anything is
// changed whether it knows the form: list() throws Error when it does not.
class KnownMountTable : public MountTable {
 public:
  MountEntries list(const std::string& mount_info) const override;
};

// The attributes in a mount's options, e.g. "rw,nosuid,relatime". Pure.
uint64_t attributes_of(const std::string& options);

// The mount with this id in a container's table. Throws Error when there is none.
const MountEntry& find_mount(const MountEntries& table, uint64_t id);

}  // namespace rind::hook
