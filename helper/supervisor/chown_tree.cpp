#include "helper/supervisor/chown_tree.h"

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
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr const char* kWhat = "change the owner of a tree";

struct statx look_at(int directory, const std::string& name) {
  struct statx st = {};
  // AT_STATX_DONT_SYNC: do not ask the server of a network file system.
  if (::syscall(SYS_statx, directory, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
                STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO,
                &st) != 0) {
    throw_errno("look at", name);
  }
  return st;
}

class Walk {
 public:
  Walk(std::string path, Owner owner, const std::function<Change(const TreeEntry&)>& decide,
       const TreeWalk& how)
      : path_(std::move(path)), owner_(owner), decide_(decide), how_(how), outside_(how.outside) {}

  TreeSize run(int top) {
    go_through(top);
    if (!links_.empty()) {
      throw Error(kWhat, links_.begin()->second.name + " has another hard link outside of " + path_,
                  "replace that hard link by a copy");
    }
    // All names of such a file are in this tree. Change each name: on an overlay, the first change
    // separates it from the others.
    const TreeSize size = size_;
    if (!some_have_several_names_) return size;
    outside_ = OutsideNames::kIgnore;
    go_through(top);
    return size;
  }

 private:
  using Identity = FileIdentity;

  void go_through(int top) {
    at_ = sys::open(top, ".", O_RDONLY | O_DIRECTORY);
    size_ = {};
    stack_.push_back({visit(), identity_of(at_.get()), {}});
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
    Identity identity;
    std::string name;
  };
  struct Links {
    uint32_t seen = 0;
    std::string name;
  };

  static Identity identity_of(int fd) {
    const struct stat st = sys::stat_fd(fd, "a directory");
    return {st.st_dev, st.st_ino};
  }

  static Identity identity_of(const struct statx& st) {
    return {::makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino};
  }

  // The path of `name`, for messages.
  std::string place(const std::string& name) const {
    std::string out = path_;
    for (const auto& level : stack_) {
      if (!level.name.empty()) out += "/" + level.name;
    }
    return out + "/" + name;
  }

  void change(const std::string& name, const struct statx& st) {
    const Owner now = {st.stx_uid, st.stx_gid};
    if (now == owner_) return;
    const TreeEntry entry = {now,       st.stx_mode, identity_of(st),
                             at_.get(), name,        [&] { return place(name); }};
    if (decide_(entry) == Change::kLeave) return;
    if (::fchownat(at_.get(), name.c_str(), owner_.uid, owner_.gid, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno("change the owner of", place(name));
    }
  }

  // Returns true for a file with several hard links: it waits until all of them were found in this
  // tree.
  bool must_wait(const std::string& name, const struct statx& st) {
    if (st.stx_nlink < 2 || outside_ == OutsideNames::kIgnore) return false;
    some_have_several_names_ = true;
    const Identity identity = identity_of(st);
    // Bounded: the package decides the number of names, and the memory is the builder's.
    constexpr size_t kMostAtOnce = 65536;
    if (links_.size() >= kMostAtOnce && links_.count(identity) == 0) {
      throw Error(kWhat, path_ + " has too many files with several hard links");
    }
    Links& links = links_[identity];
    if (links.seen == 0) links.name = name;
    if (++links.seen == st.stx_nlink) links_.erase(identity);
    return true;
  }

  static constexpr size_t kEachName = sizeof(std::string);

  void keep(const std::string& name, std::vector<std::string>& directories) {
    constexpr size_t kMostBytes = size_t{64} << 20;
    kept_ += name.size() + kEachName;
    if (kept_ > kMostBytes) throw Error(kWhat, path_ + " has too many directories");
    directories.push_back(name);
  }

  // Returns false for a file that we may not read; then no process of the same user may.
  bool look(const std::string& name, struct statx& st) const {
    try {
      st = look_at(at_.get(), name);
      return true;
    } catch (const SysError& e) {
      if (!is_own() || e.code() != EACCES) throw;
      return false;
    }
  }

  Fd open_below(const std::string& name) const {
    const uint64_t mounts = is_own() ? 0 : RESOLVE_NO_XDEV;
    const auto open = [&] {
      return sys::open2(at_.get(), name, O_RDONLY | O_DIRECTORY,
                        mounts | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
    };
    if (!is_own()) return open();
    struct statx st = {};
    constexpr unsigned kOpen = 0700;
    const bool ours = look(name, st) && st.stx_uid == ::geteuid();
    const bool closed = ours && (st.stx_mode & kOpen) != kOpen;
    if (closed && ::fchmodat(at_.get(), name.c_str(), (st.stx_mode & 07777) | kOpen, 0) != 0 &&
        errno != EROFS) {
      throw_errno("open", place(name));
    }
    try {
      return open();
    } catch (const SysError& e) {
      if (e.code() == EACCES) return {};
      throw;
    }
  }

  bool is_own() const { return how_.entering == Entering::kOwn; }

  void count() {
    ++size_.entries;
    size_.depth = std::max<uint64_t>(size_.depth, std::max<size_t>(stack_.size(), 1));
    if (how_.grown) how_.grown(size_);
  }

  // Changes the entries of the current directory; returns its subdirectories.
  std::vector<std::string> visit() {
    std::vector<std::string> directories;
    sys::for_each_entry(at_.get(), path_, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      struct statx st = {};
      if (!look(name, st)) return true;
      count();
      if (how_.seen) how_.seen(name, [&] { return place(name); });
      if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && !is_own()) {
        throw Error(kWhat, place(name) + " is a mount point",
                    "let the front end use a tree without mounts in it");
      }
      if (S_ISDIR(st.stx_mode)) {
        change(name, st);
        keep(name, directories);
      } else if (!must_wait(name, st)) {
        change(name, st);
      }
      return true;
    });
    return directories;
  }

  void go_down() {
    Level next;
    next.name = std::move(stack_.back().directories.back());
    kept_ -= next.name.size() + kEachName;
    stack_.back().directories.pop_back();
    Fd below = open_below(next.name);
    if (!below) return;
    at_ = std::move(below);
    next.identity = identity_of(at_.get());
    stack_.push_back(std::move(next));
    stack_.back().directories = visit();
  }

  void go_up() {
    stack_.pop_back();
    if (stack_.empty()) return;
    at_ = sys::open(at_.get(), "..", O_RDONLY | O_DIRECTORY);
    if (identity_of(at_.get()) != stack_.back().identity) {
      throw Error(kWhat, place(".") + " was moved while Rind went through the tree");
    }
  }

  std::string path_;
  Owner owner_;
  const std::function<Change(const TreeEntry&)>& decide_;
  const TreeWalk& how_;
  TreeSize size_;
  Fd at_;
  std::vector<Level> stack_;
  size_t kept_ = 0;  // bytes of the names of directories not yet visited
  OutsideNames outside_;
  std::map<Identity, Links> links_;
  bool some_have_several_names_ = false;
};

}  // namespace

TreeSize chown_below(int top, const std::string& path, Owner owner,
                     const std::function<Change(const TreeEntry&)>& decide, const TreeWalk& how) {
  return Walk(path, owner, decide, how).run(top);
}

}  // namespace rind
