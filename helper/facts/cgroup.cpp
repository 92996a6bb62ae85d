#include "helper/facts/cgroup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// The mount points of the hierarchy with these controllers; none when it does not limit processes.
std::vector<std::string> mounted_at(const std::string& controllers) {
  // v2, alone or beside v1.
  if (controllers.empty()) return {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
  const std::vector<std::string> names = split(controllers, ',');
  if (controllers.find('/') != std::string::npos) return {};  // a line that no kernel writes
  if (std::find(names.begin(), names.end(), "pids") == names.end()) return {};
  return {"/sys/fs/cgroup/" + controllers};
}

// The number in a file; nothing for "max" or for a missing file.
std::optional<uint64_t> number_in(const std::string& path) {
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_RDONLY);
  if (!file) return std::nullopt;
  char text[32] = {};
  if (::read(file.get(), text, sizeof text - 1) < 0) throw_errno("read", path);
  char* end = nullptr;
  const uint64_t number = std::strtoull(text, &end, 10);
  return end == text ? std::nullopt : std::optional(number);
}

}  // namespace

std::vector<std::string> pids_files(const std::string& cgroup_text) {
  std::vector<std::string> files;
  for (const auto& line : split(cgroup_text, '\n')) {
    // NUMBER:CONTROLLERS:PATH
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::string path = line.substr(second + 1);
    if (!path.starts_with('/')) continue;
    // The path is above the cgroup namespace: only the root of the namespace is visible.
    if ((path + "/").find("/../") != std::string::npos || path == "/") path.clear();
    for (const auto& top : mounted_at(line.substr(first + 1, second - first - 1))) {
      for (std::string at = path;; at.resize(at.rfind('/'))) {
        files.push_back(top + at + "/pids.max");
        if (at.empty()) break;
      }
    }
  }
  return files;
}

std::optional<uint64_t> pids_max() {
  constexpr size_t kLimit = 64 * 1024;
  const auto groups = sys::try_read_file("/proc/self/cgroup", kLimit);
  if (!groups) return std::nullopt;  // a kernel without control groups
  std::optional<uint64_t> lowest;
  for (const auto& path : pids_files(*groups)) {
    const std::optional<uint64_t> limit = number_in(path);
    if (limit && (!lowest || *limit < *lowest)) lowest = limit;
  }
  return lowest;
}

}  // namespace rind
