#include "helper/supervisor/made_places.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// What a file system answers to mkdir(2) besides: no right, no room, no such owner or no such call.
bool is_denied(int code) {
  return code == EPERM || code == ENOSPC || code == EDQUOT || code == EMLINK || code == EOVERFLOW ||
         code == ENOSYS;
}

void make_directories(const std::string& path) {
  Fd at = open_canonical("/", O_PATH | O_DIRECTORY);
  for (const auto& name : split(path.substr(1), '/')) {
    if (::mkdirat(at.get(), name.c_str(), 0777) != 0 && errno != EEXIST) {
      // A directory that exists may lie on a read-only file system, or in one of another user.
      struct stat st = {};
      const int reason = errno;
      if (!sys::try_lstat(at.get(), name, st)) {
        throw SysError("make the directory", path, reason);
      }
    }
    at = sys::open(at.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  }
}

}  // namespace

void make_places(Plan& plan, Notes& notes) {
  std::erase_if(plan.views, [&](const PlannedView& view) {
    if (!view.made) return false;
    try {
      make_directories(view.path);
      return false;
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code()) && !is_denied(e.code())) throw;
      notes.push_back("a directory " + view.path + " to write to (" + view.rule +
                      "): it does not exist, and the builder cannot make it: " + e.why());
      return true;
    }
  });
}

}  // namespace rind
