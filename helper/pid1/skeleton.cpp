#include "helper/pid1/skeleton.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

void make_way_to(int top, const PlannedView::MountPoint& point, mode_t mode) {
  Fd at = sys::open(top, ".", O_PATH | O_DIRECTORY);
  size_t start = 0;
  for (;;) {
    const size_t end = point.path.find('/', start);
    const bool last = end == std::string::npos;
    const std::string name = point.path.substr(start, last ? std::string::npos : end - start);
    if (last && point.type == PlannedView::MountPoint::kLink) {
      // Two ways may pass the same link: the first one made it.
      if (::symlinkat(point.target.c_str(), at.get(), name.c_str()) != 0 && errno != EEXIST) {
        throw_errno("make symlink", point.path);
      }
      return;
    }
    if (last && point.type == PlannedView::MountPoint::kFile) {
      if (!point.target.empty()) return sys::make_file(at.get(), name, point.target, 0644);
      const Fd file = sys::open(at.get(), name, O_RDONLY | O_CREAT | O_NOFOLLOW, 0444);
      return;
    }
    if (::mkdirat(at.get(), name.c_str(), mode) != 0 && errno != EEXIST) {
      throw_errno("make directory", point.path);
    }
    if (last) return;
    at = sys::open(at.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    start = end + 1;
  }
}

}  // namespace

void make_skeleton(int top, const std::vector<PlannedView::MountPoint>& skeleton, mode_t mode) {
  for (const auto& point : skeleton) make_way_to(top, point, mode);
}

}  // namespace rind
