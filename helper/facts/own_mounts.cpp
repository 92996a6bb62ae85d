#include "helper/facts/own_mounts.h"

#include "common/base/sys.h"

namespace rind {

std::vector<MountInfo> own_mounts() {
  constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;
  return parse_mountinfo(sys::read_file("/proc/self/mountinfo", kMountInfoLimit));
}

}  // namespace rind
