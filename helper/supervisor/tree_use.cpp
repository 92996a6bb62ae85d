#include "helper/supervisor/tree_use.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "helper/supervisor/twins.h"

namespace rind {
namespace {

bool is_one_of(const std::vector<unsigned>& ids, unsigned uid) {
  return std::find(ids.begin(), ids.end(), uid) != ids.end();
}

// The device on which a mark above `top` is Rind's. A tree that was lent by a twin has only trees
// of the same mount below, and none on an overlay. Elsewhere the mark is somebody else's: any
// program can make one in a directory that it may read.
std::optional<dev_t> marked_device(int top) {
  if (is_on_overlay(top)) return std::nullopt;
  return sys::stat_fd(top, "a tree").st_dev;
}

}  // namespace

Fd open_tree(const LentTree& tree) {
  // A step may have replaced a file by a fifo: do not wait for it.
  const int flags = tree.directory ? O_DIRECTORY : O_NONBLOCK;
  return open_canonical(tree.path, O_RDONLY | O_NOFOLLOW | flags);
}

// pid 1 of a killed supervisor may hold its descriptors for a moment.
bool lock_tree(int fd, int operation) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd, operation | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) throw_errno("lock a lent tree");
    ::usleep(5000);
  }
  return false;
}

bool is_on_overlay(int fd) {
  struct statfs fs = {};
  return ::fstatfs(fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

// A lock alone says nothing: `flock . make`
// holds one, too. A tree that a step uses belongs to a lease, or has a mark.
void require_unused(Fd fd, const std::string& path, const std::vector<unsigned>& ids) {
  if (lock_tree(fd.get(), LOCK_SH)) return (void)::flock(fd.get(), LOCK_UN);
  if (is_one_of(ids, sys::stat_fd(fd.get(), path).st_uid) || is_marked(fd.get())) {
    throw TreeInUse(path, std::move(fd));
  }
}

void require_unused_above(int top, const std::string& path, const std::vector<unsigned>& ids,
                          const std::set<FileIdentity>& own) {
  Fd above;
  FileIdentity below;
  const std::optional<dev_t> device = marked_device(top);
  for (;;) {
    try {
      above = sys::open(above ? above.get() : top, "..", O_PATH | O_DIRECTORY);
    } catch (const SysError& e) {
      if (e.code() != EACCES) throw;
      return;  // closed to the builder, so it lends nothing above
    }
    const struct stat st = sys::stat_fd(above.get(), path);
    if (FileIdentity{st.st_dev, st.st_ino} == below) return;  // the root
    below = {st.st_dev, st.st_ino};
    const bool is_lease = is_one_of(ids, st.st_uid), may_be_marked = st.st_dev == device;
    if (own.contains(below) || (!is_lease && !may_be_marked)) continue;
    Fd lent;
    try {
      lent = sys::open(above.get(), ".", O_RDONLY | O_DIRECTORY);
    } catch (const SysError& e) {
      if (e.code() != EACCES) throw;
      continue;
    }
    if (!is_lease && !is_marked(lent.get())) continue;
    if (!lock_tree(lent.get(), LOCK_SH)) throw TreeInUse(path, std::move(lent));
  }
}

void require_unused(const Plan& plan) {
  const auto& ids = plan.identity.ids;
  for (const auto& tree : plan.lent) {
    Fd top = open_tree(tree);
    if (tree.directory) require_unused_above(top.get(), tree.path, ids, {});
    require_unused(std::move(top), tree.path, ids);
  }
}

}  // namespace rind
