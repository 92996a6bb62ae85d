// A mount table as the kernel writes it (/proc/PID/mountinfo, proc(5)).
//
// For a container that starts, the hook takes known lines only (hook/container/mount_table.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rind {

struct MountInfo {
  uint64_t id = 0, parent = 0;
  std::string device;   // MAJOR:MINOR of the file system
  std::string root;     // the directory or file of the file system that is mounted
  std::string point;    // the mount point, relative to the reader's root
  std::string options;  // of the mount, separated by commas
  bool shared = false;  // mounts made below it propagate to other namespaces
  // Mounts of other namespaces can arrive below it: it is shared, or a slave.
  bool propagates = false;
  std::string type, source;
  std::string type_options;  // of the file system; for an overlay they contain its directories
  // Each part of the line is as the kernels write it that are known. Otherwise a part may say less
  // than the kernel meant.
  bool known = true;

  // True when the mount has `option`.
  bool has(const std::string& option) const;
};

// The mount of a line, without its newline. Nothing when the line is no mount's. Pure.
std::optional<MountInfo> parse_mountinfo_line(std::string_view line);

// The mounts of `text`, in the kernel's order. Lines that are no mount's are ignored. Pure.
std::vector<MountInfo> parse_mountinfo(const std::string& text);

// The topmost mount whose mount point is `path`; nullptr when nothing is mounted there. A mount
// that covers another one at the same path is its child. If a directory above was covered, one path
// names two mount points: then the one listed last.
const MountInfo* mount_at(const std::vector<MountInfo>& mounts, const std::string& path);

}  // namespace rind
