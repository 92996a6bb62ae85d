#include "helper/pid1/originals.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// Opens what the step finds at `path`; nothing where it finds nothing.
Fd open_if_any(const std::string& path) {
  try {
    return open_canonical(path, O_PATH | O_NOFOLLOW);
  } catch (const SysError& e) {
    // A directory above it is hidden, or closed to the step, or a view shows a link or a file
    // instead of it.
    if (e.code() == ENOENT || e.code() == EACCES || e.code() == ENOTDIR || e.code() == ELOOP) {
      return {};
    }
    throw;
  }
}

}  // namespace

std::vector<Original> clone_originals(const std::vector<Facts::Original>& wanted) {
  std::vector<Original> originals;
  for (const auto& [path, original] : wanted) {
    const Fd file = sys::open(AT_FDCWD, original, O_PATH | O_NOFOLLOW);
    Fd tree = mnt::clone_tree(file.get(), false, original);
    mnt::set_attributes(tree.get(), mnt::kReadOnly | mnt::kNoSuid | mnt::kNoDev, false, path);
    originals.push_back({path, std::move(tree)});
  }
  return originals;
}

void attach_originals(const std::vector<Original>& originals) {
  for (const auto& original : originals) {
    const Fd target = open_if_any(original.path);
    // A hidden file is an empty file, and stays hidden.
    if (!target || sys::stat_fd(target.get(), original.path).st_size == 0) continue;
    try {
      mnt::attach(original.tree.get(), target.get(), original.path);
    } catch (const SysError& e) {
      if (e.code() != ENOENT) throw;
      // The kernel mounts nothing on a file that was removed.
      throw Error("show " + original.path + " to the step",
                  "the helper that covers it was replaced or removed on the host after this "
                  "container started",
                  "recreate the container");
    }
  }
}

}  // namespace rind
