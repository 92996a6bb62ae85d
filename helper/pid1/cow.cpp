#include "helper/pid1/cow.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/mount.h"
#include "common/base/read_entries.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// pid 1 has capabilities over the files of users whose ids are mapped. The step has none, and must
// not see through the overlay what is closed to it. While this object lives, this process has the
// step's rights.
class WithoutCapabilities {
 public:
  WithoutCapabilities() {
    if (::syscall(SYS_capget, &header_, kept_) != 0) throw_errno("get capabilities");
    struct __user_cap_data_struct none[2] = {kept_[0], kept_[1]};
    none[0].effective = none[1].effective = 0;
    if (::syscall(SYS_capset, &header_, none) != 0) throw_errno("set capabilities");
  }
  // What this process may have, it may take on again.
  ~WithoutCapabilities() { (void)::syscall(SYS_capset, &header_, kept_); }
  WithoutCapabilities(const WithoutCapabilities&) = delete;
  WithoutCapabilities& operator=(const WithoutCapabilities&) = delete;

 private:
  struct __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct kept_[2] = {};
};

std::string path_by_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

struct Directories {
  std::vector<std::string> names;
  std::vector<std::string> marks;  // files that tools lock, or write anew at each start
  bool all = true;                 // false when some directories were left out
};

// The names of the directories in the open directory `directory`, which was not read yet; at most
// `limit`.
Directories directories_in(int directory, uint64_t limit, sys::DirectoryRoom& room) {
  // Some caches are flat: a directory of a million files is not read to its end to find a few
  // directories.
  constexpr uint64_t kMostEntries = 65536;
  Directories found;
  uint64_t seen = 0;
  sys::read_entries(directory, "a directory of a cow view", room, [&](const dirent& entry) {
    found.all = ++seen <= kMostEntries && found.names.size() < limit;
    if (!found.all) return false;
    const std::string name = entry.d_name;
    const unsigned char type = sys::entry_type(directory, entry);
    if (type == DT_DIR) found.names.push_back(name);
    const bool mark = name[0] == '.' || name.ends_with("lock") || name == "CACHEDIR.TAG";
    if (type == DT_REG && mark) found.marks.push_back(name);
    return true;
  });
  return found;
}

// Makes small files again that tools open for writing at each start, as the step's own: `.lock`,
// `.gitignore`, CACHEDIR.TAG. The builder's cannot be written to. The kernel does not copy them up,
// because their owner has no number in the step's namespace (EOVERFLOW, which no tool expects).
void make_marks(int lower, int upper, const std::vector<std::string>& names) {
  constexpr off_t kLargest = 1024;
  constexpr size_t kMost = 64;
  for (size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    const Fd file = sys::open_if_any(lower, names[i], O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file) continue;  // closed to the step
    const struct stat st = sys::stat_fd(file.get(), names[i]);
    if (!S_ISREG(st.st_mode) || st.st_size > kLargest) continue;
    const std::string content = sys::read_all(file.get(), kLargest, names[i]);
    sys::make_file(upper, names[i], content, (st.st_mode & 0777) | 0600);
  }
}

// Makes the directories of `lower` again in `upper`, at most `limit`. Breadth first: tools create
// their files near the top. Returns true when all were made.
bool make_directories(int lower, int upper, uint64_t limit) {
  struct Pair {
    Fd lower, upper;
  };
  // Each waiting pair holds two descriptors, and RLIMIT_NOFILE may be low. This also bounds how
  // wide a writable tree can be.
  constexpr size_t kMostWaiting = 200;
  std::deque<Pair> waiting;
  waiting.push_back({sys::open(lower, ".", O_RDONLY | O_DIRECTORY),
                     sys::open(upper, ".", O_RDONLY | O_DIRECTORY)});
  const WithoutCapabilities rights_of_the_step;
  if (!sys::may_access(lower, ".", R_OK | X_OK, AT_EACCESS)) return true;  // it sees nothing of it
  const auto room = std::make_unique_for_overwrite<sys::DirectoryRoom>();
  bool all = true;
  while (!waiting.empty()) {
    const Pair pair = std::move(waiting.front());
    waiting.pop_front();
    const Directories directories = directories_in(pair.lower.get(), limit + 1, *room);
    all = all && directories.all;
    make_marks(pair.lower.get(), pair.upper.get(), directories.marks);
    for (const auto& name : directories.names) {
      if (limit == 0) return false;
      const Fd child =
          sys::open_if_any(pair.lower.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      // The step may list and search it. Otherwise it is closed to the step, or was just removed.
      Fd searched = child ? sys::open_if_any(child.get(), ".", O_RDONLY | O_DIRECTORY) : Fd();
      if (!searched) continue;
      const mode_t mode = sys::stat_fd(child.get(), name).st_mode & 01777;
      sys::make_directory(pair.upper.get(), name, mode | 0700);
      --limit;
      if (waiting.size() >= kMostWaiting) {
        all = all && directories_in(child.get(), 1, *room).names.empty();
        continue;
      }
      waiting.push_back({std::move(searched),
                         sys::open(pair.upper.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)});
    }
  }
  return all;
}

Fd make_layer(const PlannedView& view) {
  Fd layer = mnt::make("tmpfs", {{"mode", "0700"}, {"size", std::to_string(view.size)}},
                       mnt::kNoSuid | mnt::kNoDev);
  // The layers of an overlay must be mounted somewhere. The step's own /dev covers this mount
  // later.
  const Fd dev = open_canonical("/dev", O_PATH | O_DIRECTORY);
  mnt::attach(layer.get(), dev.get(), "/dev");
  sys::make_directory(layer.get(), "upper", 0700);
  sys::make_directory(layer.get(), "work", 0700);
  return layer;
}

// Overlayfs marks a directory that hides one of the cache with an xattr of the user, which a tmpfs
// before Linux 6.6 does not have.
bool can_hide_directories(int upper) {
  return ::fgetxattr(upper, "user.overlay.opaque", nullptr, 0) >= 0 || errno != EOPNOTSUPP;
}

Fd make_overlay(const PlannedView& view, int lower, uint64_t attributes, Notes& notes) {
  const Fd layer = make_layer(view);
  const Fd upper = sys::open(layer.get(), "upper", O_RDONLY | O_DIRECTORY);
  const Fd work = sys::open(layer.get(), "work", O_RDONLY | O_DIRECTORY);
  const Fd readable = sys::open(AT_FDCWD, path_by_descriptor(lower), O_RDONLY | O_DIRECTORY);
  const bool own = sys::stat_fd(readable.get(), view.path).st_uid == ::geteuid();
  const bool all = own || make_directories(readable.get(), upper.get(), view.directories);
  // Afterwards: in a directory that is closed for writing none could have been made.
  if (::fchmod(upper.get(), view.mode) != 0) throw_errno("set the mode of", view.path);
  // Of a cache that nothing but its place in HOME names, the step probably needs none.
  const bool needed = !view.way_is_private && !view.front_ends;
  if (needed && !all) {
    notes.push_back("write access to all of " + view.path + ": it has more than " +
                    std::to_string(view.directories) +
                    " directories (\"directories\" of that view)");
  }
  if (needed && !can_hide_directories(upper.get())) {
    notes.push_back("removing, replacing and moving directories in " + view.path +
                    " (EIO, EXDEV): a cow view can do that from Linux 6.6 on");
  }
  return mnt::make("overlay",
                   {{"source", "rind"},
                    {"lowerdir", path_by_descriptor(lower)},
                    {"upperdir", path_by_descriptor(upper.get())},
                    {"workdir", path_by_descriptor(work.get())},
                    {"userxattr", ""}},
                   attributes);
}

}  // namespace

Fd make_cow(const PlannedView& view, Fd lower, uint64_t attributes, Notes& notes) {
  try {
    return make_overlay(view, lower.get(), attributes, notes);
  } catch (const SysError& e) {
    if (view.fallback != CowFallback::kPrivate) {
      throw Error(
          "make the cow view of " + view.path, e.what(),
          "remove the mounts below it, or set the view's fallback to \"private\" in the policy");
    }
    notes.push_back("the cow view of " + view.path +
                    " (the step has an empty directory instead): " + e.what());
    return {};
  }
}

}  // namespace rind
