#include "helper/supervisor/chown_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/held.h"
#include "common/base/read_entries.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr const char* kSmaller = "build from a smaller tree: remove what earlier builds left in it";

constexpr const char* kWhat = "change the owner of a tree";

// An overlay answers this to a change of a held file of a lower layer whose name was removed, or
// given to another file: it would need the name for its copy.
constexpr int kGone = EEXIST;

// How often a walk is repeated in a tree that another process changes.
constexpr int kPasses = 8;

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
    count_links(top);
    // All other names of such a file are in this tree, or it has a name outside. Change each name:
    // on an overlay, the first change separates it from the others.
    const TreeSize size = size_;
    if (!some_have_several_names_ || (!changes() && all_names_are_inside())) return size;
    settles_ = true;
    go_through(top);
    return size;
  }

 private:
  // The first pass. A name that was moved meanwhile may have been counted twice, and would hide one
  // outside of the tree.
  void count_links(int top) {
    for (int i = 0; i < kPasses; ++i) {
      go_through(top);
      if (!size_.disturbed || !some_have_several_names_) return;
      wait_for_next_time();
    }
    counts_ = false;
  }

  // Where the tree was last changed just before the walk, the next pass does not see that as a
  // change: files note the time in steps of up to 10 ms.
  void wait_for_next_time() const {
    constexpr struct timespec kMillisecond = {0, 1'000'000};
    for (int i = 0; i < 20 && time_of_files() == began_; ++i) ::nanosleep(&kMillisecond, nullptr);
  }

  void go_through(int top) {
    for (int i = 0; i < kPasses; ++i) {
      if (try_to_go_through(top)) return;
    }
    throw Error(kWhat, path_ + " was changed all the time while Rind went through it",
                "let no other process change the tree while a step begins or ends");
  }

  // Returns false when a directory was moved under the walk, so that there is no way back.
  bool try_to_go_through(int top) {
    at_ = sys::open(top, ".", O_RDONLY | O_DIRECTORY);
    size_ = {};
    kept_ = 0;
    // Of a pass that was broken off, or it would count names twice.
    if (!settles_) links_.clear();
    stack_.clear();
    began_ = time_of_files();
    stack_.emplace_back();
    stack_.back().inherited = how_.inherited;
    visit();
    while (!stack_.empty()) {
      if (!stack_.back().directories.empty()) {
        go_down();
      } else if (!go_up()) {
        return false;
      }
    }
    return true;
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
    uint32_t seen = 0;   // names in this tree
    uint32_t names = 0;  // all that it has
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

  // held: the entry itself, or -1.
  TreeEntry entry(const char* name, int held, const struct statx& st) const {
    TreeEntry found = entry_of(at_.get(), name, st);
    found.held = held;
    found.inherited = stack_.back().inherited;
    found.place = &place_;
    return found;
  }

  std::optional<unsigned> change(const TreeEntry& found) {
    const Change change = how_.decide(found);
    if (!change.to || *change.to == found.owner) return change.inherited;
    if (::fchownat(found.held, "", change.to->uid, change.to->gid, AT_EMPTY_PATH) != 0) {
      const int code = errno;
      if (code == kGone) miss();
      if (code == kGone || is_unmapped(found.owner, code)) return change.inherited;
      throw Error("change the owner of " + found.path(), SysError("", "", code).why(),
                  "build in a tree in which the builder may change owners, or set "
                  "identity.ephemeral to \"none\" in the policy");
    }
    if (how_.changed) how_.changed(found);
    return change.inherited;
  }

  // Handles a file with several hard links. In the first pass it waits until all of its names were
  // found in this tree. names: how many it has now.
  void change_linked(const TreeEntry& found, uint32_t names) {
    if (settles_) return settle(found, names);
    some_have_several_names_ = true;
    if (!changes()) change(found);
    // Bounded: the package decides the number of names, and the memory is the builder's.
    constexpr size_t kMostAtOnce = 1'000'000;
    if (links_.size() >= kMostAtOnce && links_.count(found.identity) == 0) {
      throw Error(kWhat, path_ + " has too many files with several hard links", kSmaller);
    }
    Links& links = links_[found.identity];
    ++links.seen;
    links.names = names;
  }

  // In the second pass. The file may have got a name since the first one, and a file that was not
  // there may have taken the place of another: it is judged as it is now. Each name that a copy
  // replaces is one name less, and makes no name outside one of the tree's.
  void settle(const TreeEntry& found, uint32_t names) {
    const auto known = links_.find(found.identity);
    const uint32_t seen = known == links_.end() ? 1 : known->second.seen;
    if (known != links_.end()) {
      known->second.names = std::max(known->second.names, names);
      if (counts_ && seen >= known->second.names) return (void)change(found);
    }
    // A copy that has taken the place of a file has its owner already.
    const Change change = how_.decide(found);
    if (!changes() || (change.to && *change.to != found.owner)) how_.outside_link(found, seen);
  }

  bool all_names_are_inside() const {
    return counts_ && std::all_of(links_.begin(), links_.end(), [](const auto& found) {
             return found.second.seen >= found.second.names;
           });
  }

  static constexpr size_t kEachName = sizeof(std::string);

  void keep(std::string_view name) {
    constexpr size_t kMostBytes = size_t{64} << 20;
    kept_ += name.size() + kEachName;
    if (kept_ > kMostBytes) throw Error(kWhat, path_ + " has too many directories", kSmaller);
    stack_.back().directories.emplace_back(name);
  }

  // Returns false for a file that is gone, and for one that we may not read; then no process of the
  // same user may.
  bool look(const char* name, struct statx& st) {
    if (look_at(at_.get(), name, st)) return true;
    if (errno == ENOENT) return miss();
    if (!is_own() || errno != EACCES) throw_errno("look at", name);
    return false;
  }

  // Notes that another process changes the tree.
  bool miss() {
    size_.disturbed = true;
    return false;
  }

  // Returns nothing for a directory that the walk does not enter, or that is gone.
  Fd open_below(const std::string& name) {
    // RESOLVE_NO_XDEV refuses mounts, also those of the same file system.
    const uint64_t mounts = is_own() ? 0 : RESOLVE_NO_XDEV;
    if (is_own()) open_to_owner(name);
    try {
      return sys::open2(at_.get(), name, O_RDONLY | O_DIRECTORY,
                        RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | mounts);
    } catch (const SysError& e) {
      // Gone, or a file or link has its name now.
      const bool gone = e.code() == ENOENT || e.code() == ENOTDIR || e.code() == ELOOP;
      if (gone) miss();
      if (!gone && e.code() != (is_own() ? EACCES : EXDEV)) throw;
      return {};
    }
  }

  void open_to_owner(const std::string& name) const {
    constexpr unsigned kOpen = 0700;
    Fd held;
    try {
      held = sys::hold(at_.get(), name.c_str());
    } catch (const SysError& e) {
      // In a directory of another user that we may list and not search.
      if (e.code() != EACCES) throw;
    }
    if (!held) return;
    const struct stat st = sys::stat_fd(held.get(), name);
    const bool closed = S_ISDIR(st.st_mode) && st.st_uid == ::geteuid();
    if (!closed || (st.st_mode & kOpen) == kOpen) return;
    try {
      sys::set_mode(held.get(), (st.st_mode & 07777) | kOpen, name);
    } catch (const SysError& e) {
      if (e.code() != EROFS && e.code() != kGone) throw SysError("open", place(name), e.code());
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
    try {
      const bool there = sys::read_entries(at_.get(), path_, listed_, [this](const dirent& found) {
        visit(found);
        return true;
      });
      if (!there) miss();
    } catch (const SysError& e) {
      if (e.code() != ENOENT) throw;
      miss();  // what was looked at is gone
    }
    // A name that came or went since the walk began may have been moved past it. A time that is yet
    // to come is none of a change: archives and clocks of other machines have such.
    const int64_t changed = changed_at(look_at(at_.get()));
    if (changed >= began_ && changed <= time_now()) miss();
  }

  void visit(const dirent& found) {
    const char* name = found.d_name;
    // What the directory says of a directory is enough: it is looked at when it is open.
    const bool known = found.d_type == DT_DIR || (!looks_at_each() && found.d_type != DT_UNKNOWN);
    // What is looked at is held, so that it is also what is changed.
    Fd held;
    if (!known && changes() && !(held = sys::hold(at_.get(), name))) return (void)miss();
    struct statx st = {};
    if (held) st = look_at(held.get());
    if (!known && !held && !look(name, st)) return;
    const bool is_mount = (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && !is_own();
    if (is_mount) return;
    see(name);
    if (found.d_type == DT_DIR || S_ISDIR(st.stx_mode)) {
      keep(name);
    } else if (!looks_at_each()) {
      return;
    } else if (st.stx_nlink > 1 && how_.outside_link) {
      change_linked(entry(name, held.get(), st), st.stx_nlink);
    } else {
      change(entry(name, held.get(), st));
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
      const TreeEntry found = entry(".", at_.get(), look_at(at_.get()));
      if (how_.entered) how_.entered(found);
      stack_.back().inherited = change(found);
    }
    visit();
  }

  bool go_up() {
    stack_.pop_back();
    if (stack_.empty()) return true;
    if (stack_.back().open) {
      at_ = std::move(stack_.back().open);
      return true;
    }
    at_ = sys::open(at_.get(), "..", O_RDONLY | O_DIRECTORY);
    return identity_of(look_at(at_.get())) == stack_.back().identity;
  }

  std::string path_;
  const TreeWalk& how_;
  const PathOf place_;
  TreeSize size_;
  Fd at_;
  std::vector<Level> stack_;
  size_t kept_ = 0;       // bytes of the names of directories not yet visited
  bool settles_ = false;  // in the second pass
  int64_t began_ = 0;
  std::map<FileIdentity, Links> links_;
  bool some_have_several_names_ = false;
  bool counts_ = true;  // `links_` can be trusted; otherwise each such file has a name outside
  sys::DirectoryRoom listed_;  // of the current directory
};

}  // namespace

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

TreeSize chown_all_below(int top, const std::string& path, const TreeWalk& how) {
  TreeSize size;
  int idle = 0;  // passes one after another that found nothing to change
  for (int i = 0; i < kPasses && idle < 3; ++i) {
    bool changed = false;
    TreeWalk again = how;
    again.changed = [&](const TreeEntry& entry) {
      changed = true;
      if (how.changed) how.changed(entry);
    };
    size = chown_below(top, path, again);
    if (!size.disturbed) return size;
    idle = changed ? 0 : idle + 1;
  }
  if (idle > 0) return size;
  throw Error(kWhat, path + " was changed all the time while Rind went through it",
              "let no other process change the tree while a step ends");
}

}  // namespace rind
