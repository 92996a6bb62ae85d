// A mount table as the kernel writes it (/proc/PID/mountinfo, proc(5)).
//
// For the helper, which is static and has no libmount, and for looks at containers that run: what
// is mounted where. The hook's own decisions about a container that starts are libmount's
// (hook/container/mount_table.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rind {

struct MountInfo {
  uint64_t id = 0, parent = 0;
  std::string device;   // MAJOR:MINOR of the file system
  std::string root;     // which directory or file of the file system is mounted
  std::string point;    // where, relative to the reader's root
  std::string options;  // of the mount, separated by commas
  std::string type, source;

  // True when `option` is one of the mount's.
  bool has(const std::string& option) const;
};

// Every line of `text`, in the kernel's order. A line that is none of the kernel's is passed over.
std::vector<MountInfo> parse_mountinfo(const std::string& text);

// The topmost mount whose mount point is `path`; nullptr when nothing is mounted there. What covers
// a mount on its own place is mounted on it: its child. Where one path is two places (a directory
// above was covered), the last one listed.
const MountInfo* mount_at(const std::vector<MountInfo>& mounts, const std::string& path);

}  // namespace rind
