#include "helper/supervisor/chown_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/read_entries.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr const char* kSmaller = "build from a smaller tree: remove what earlier builds left in it";

constexpr const char* kWhat = "change the owner of a tree";

bool look_at(int directory, const char* name, struct statx& st) {
  // AT_STATX_DONT_SYNC: do not ask the server of a network file system.
  return ::syscall(SYS_statx, directory, name,
                   AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                   STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO |
                       STATX_BTIME,
                   &st) == 0;
}

// Of the open file itself: the kernel looks no name up.
struct statx look_at(int fd) {
  struct statx st = {};
  if (!look_at(fd, "", st)) throw_errno("look at", "a directory");
  return st;
}

FileIdentity identity_of(const struct statx& st) {
  return {::makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino};
}

TreeEntry entry_of(int directory, const char* name, const struct statx& st) {
  TreeEntry entry;
  entry.owner = {st.stx_uid, st.stx_gid};
  entry.mode = st.stx_mode;
  entry.identity = identity_of(st);
  if ((st.stx_mask & STATX_BTIME) != 0) {
    entry.birth = st.stx_btime.tv_sec * int64_t{1'000'000'000} + st.stx_btime.tv_nsec;
  }
  entry.directory = directory;
  entry.name = name;
  return entry;
}

// True for a file of a user whom this user namespace does not have: nobody in it can change the
// owner. The builder has no rights to it but those that a step has, too.
// code: errno of the attempt.
bool is_unmapped(Owner owner, int code) {
  constexpr unsigned kOverflow = 65534;  // overflowuid and overflowgid, proc(5)
  return (code == EPERM || code == EINVAL || code == EOVERFLOW) &&
         (owner.uid == kOverflow || owner.gid == kOverflow);
}

class Walk {
 public:
  Walk(std::string path, const TreeWalk& how)
      : path_(std::move(path)),
        how_(how),
        place_([this](std::string_view name) { return place(name); }) {}

  TreeSize run(int top) {
    go_through(top);
    // All other names of such a file are in this tree, or it has a name outside. Change each name:
    // on an overlay, the first change separates it from the others.
    const TreeSize size = size_;
    if (!some_have_several_names_ || (!changes() && links_.empty())) return size;
    settles_ = true;
    go_through(top);
    return size;
  }

 private:
  void go_through(int top) {
    at_ = sys::open(top, ".", O_RDONLY | O_DIRECTORY);
    size_ = {};
    stack_.emplace_back();
    stack_.back().inherited = how_.inherited;
    visit();
    while (!stack_.empty()) {
      if (stack_.back().directories.empty()) {
        go_up();
      } else {
        go_down();
      }
    }
  }
  struct Level {
    std::vector<std::string> directories;  // not yet visited
    std::string name;
    std::optional<unsigned> inherited;
    // While the walk is below: the directory, or what tells it from others.
    Fd open;
    FileIdentity identity;
  };
  struct Links {
    uint32_t seen = 0;
  };

  // The path of `name`, for messages; of the current directory for ".".
  std::string place(std::string_view name) const {
    std::string out = path_;
    for (const auto& level : stack_) {
      if (!level.name.empty()) out += "/" + level.name;
    }
    if (name != "." && !name.empty()) out.append("/").append(name);
    return out;
  }

  TreeEntry entry(const char* name, const struct statx& st) const {
    TreeEntry found = entry_of(at_.get(), name, st);
    found.inherited = stack_.back().inherited;
    found.place = &place_;
    return found;
  }

  std::optional<unsigned> change(const TreeEntry& found) {
    const Change change = how_.decide(found);
    if (!change.to || *change.to == found.owner) return change.inherited;
    if (::fchownat(found.directory, found.name, change.to->uid, change.to->gid,
                   AT_SYMLINK_NOFOLLOW) != 0) {
      const int code = errno;
      if (is_unmapped(found.owner, code)) return change.inherited;
      throw Error("change the owner of " + found.path(), SysError("", "", code).why(),
                  "build in a tree in which the builder may change owners, or set "
                  "identity.ephemeral to \"none\" in the policy");
    }
    if (how_.changed) how_.changed(found);
    return change.inherited;
  }

  // Handles a file with several hard links. In the first pass it waits until all of its names were
  // found in this tree.
  void change_linked(const TreeEntry& found, uint32_t names) {
    if (settles_) {
      const auto outside = links_.find(found.identity);
      if (outside == links_.end()) {
        change(found);
      } else {
        how_.outside_link(found, outside->second.seen);
      }
      return;
    }
    some_have_several_names_ = true;
    if (!changes()) change(found);
    // Bounded: the package decides the number of names, and the memory is the builder's.
    constexpr size_t kMostAtOnce = 1'000'000;
    if (links_.size() >= kMostAtOnce && links_.count(found.identity) == 0) {
      throw Error(kWhat, path_ + " has too many files with several hard links", kSmaller);
    }
    if (++links_[found.identity].seen == names) links_.erase(found.identity);
  }

  static constexpr size_t kEachName = sizeof(std::string);

  void keep(std::string_view name) {
    constexpr size_t kMostBytes = size_t{64} << 20;
    kept_ += name.size() + kEachName;
    if (kept_ > kMostBytes) throw Error(kWhat, path_ + " has too many directories", kSmaller);
    stack_.back().directories.emplace_back(name);
  }

  // Returns false for a file that we may not read; then no process of the same user may.
  bool look(const char* name, struct statx& st) const {
    if (look_at(at_.get(), name, st)) return true;
    if (!is_own() || errno != EACCES) throw_errno("look at", name);
    return false;
  }

  // Returns nothing for a directory that the walk does not enter.
  Fd open_below(const std::string& name) const {
    // RESOLVE_NO_XDEV refuses mounts, also those of the same file system.
    const uint64_t mounts = is_own() ? 0 : RESOLVE_NO_XDEV;
    if (is_own()) open_to_owner(name);
    try {
      return sys::open2(at_.get(), name, O_RDONLY | O_DIRECTORY,
                        RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | mounts);
    } catch (const SysError& e) {
      if (e.code() != (is_own() ? EACCES : EXDEV)) throw;
      return {};
    }
  }

  void open_to_owner(const std::string& name) const {
    struct statx st = {};
    constexpr unsigned kOpen = 0700;
    const bool ours = look(name.c_str(), st) && st.stx_uid == ::geteuid();
    const bool closed = ours && (st.stx_mode & kOpen) != kOpen;
    if (closed && ::fchmodat(at_.get(), name.c_str(), (st.stx_mode & 07777) | kOpen, 0) != 0 &&
        errno != EROFS) {
      throw_errno("open", place(name));
    }
  }

  bool is_own() const { return how_.entering == Entering::kOwn; }
  bool looks_at_each() const { return how_.looking != Looking::kNames; }
  bool changes() const { return how_.looking == Looking::kEach; }

  void see(const char* name) {
    ++size_.entries;
    size_.depth = std::max<uint64_t>(size_.depth, std::max<size_t>(stack_.size(), 1));
    if (how_.grown) how_.grown(size_);
    if (how_.seen) how_.seen(name, place_);
  }

  // Changes the files in the current directory, and notes its subdirectories. Those are changed
  // when they are open. It reads the directory where it is: no copy of the descriptor, no memory.
  void visit() {
    sys::read_entries(at_.get(), path_, listed_, [this](const dirent& found) {
      visit(found);
      return true;
    });
  }

  void visit(const dirent& found) {
    const char* name = found.d_name;
    // What the directory says of a directory is enough: it is looked at when it is open.
    const bool known = found.d_type == DT_DIR || (!looks_at_each() && found.d_type != DT_UNKNOWN);
    struct statx st = {};
    if (!known && !look(name, st)) return;
    const bool is_mount = (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && !is_own();
    if (is_mount) return;
    see(name);
    if (found.d_type == DT_DIR || S_ISDIR(st.stx_mode)) {
      keep(name);
    } else if (!looks_at_each()) {
      return;
    } else if (st.stx_nlink > 1 && how_.outside_link) {
      change_linked(entry(name, st), st.stx_nlink);
    } else {
      change(entry(name, st));
    }
  }

  void go_down() {
    // More of them stay closed: a package decides how deep its tree is.
    constexpr size_t kMostOpen = 32;
    Level next;
    next.name = std::move(stack_.back().directories.back());
    kept_ -= next.name.size() + kEachName;
    stack_.back().directories.pop_back();
    Fd below = open_below(next.name);
    if (!below) return;
    if (stack_.size() < kMostOpen) {
      stack_.back().open = std::move(at_);
    } else {
      stack_.back().identity = identity_of(look_at(at_.get()));
    }
    at_ = std::move(below);
    next.inherited = stack_.back().inherited;
    stack_.push_back(std::move(next));
    if (looks_at_each()) {
      const TreeEntry found = entry(".", look_at(at_.get()));
      if (how_.entered) how_.entered(found);
      stack_.back().inherited = change(found);
    }
    visit();
  }

  void go_up() {
    stack_.pop_back();
    if (stack_.empty()) return;
    if (stack_.back().open) {
      at_ = std::move(stack_.back().open);
      return;
    }
    at_ = sys::open(at_.get(), "..", O_RDONLY | O_DIRECTORY);
    if (identity_of(look_at(at_.get())) != stack_.back().identity) {
      throw Error(kWhat, place(".") + " was moved while Rind went through the tree",
                  "let no other process change the tree while a step begins or ends");
    }
  }

  std::string path_;
  const TreeWalk& how_;
  const PathOf place_;
  TreeSize size_;
  Fd at_;
  std::vector<Level> stack_;
  size_t kept_ = 0;       // bytes of the names of directories not yet visited
  bool settles_ = false;  // in the second pass
  std::map<FileIdentity, Links> links_;
  bool some_have_several_names_ = false;
  sys::DirectoryRoom listed_;  // of the current directory
};

}  // namespace

TreeEntry look_at_entry(int directory, const char* name) {
  struct statx st = {};
  if (!look_at(directory, name, st)) throw_errno("look at", name);
  return entry_of(directory, name, st);
}

std::string excess_of(const TreeSize& size, const LimitRules& limits) {
  const auto above = [](uint64_t value, const std::optional<uint64_t>& limit) {
    return limit && value > *limit;
  };
  if (above(size.entries, limits.tree_entries)) {
    return "more than " + std::to_string(*limits.tree_entries) +
           " files and directories (limits.tree_entries)";
  }
  if (above(size.depth, limits.tree_depth)) {
    return "directories nested deeper than " + std::to_string(*limits.tree_depth) +
           " levels (limits.tree_depth)";
  }
  return {};
}

TreeSize chown_below(int top, const std::string& path, const TreeWalk& how) {
  return Walk(path, how).run(top);
}

}  // namespace rind
