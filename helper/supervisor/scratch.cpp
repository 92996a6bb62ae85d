#include "helper/supervisor/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/close_later.h"
#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr std::string_view kPrefix = "rind-private-";

std::string random_name() {
  unsigned char bytes[8];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) throw_errno("getrandom");
  static constexpr char kHex[] = "0123456789abcdef";
  std::string name(kPrefix);
  for (const unsigned char byte : bytes) name += {kHex[byte >> 4], kHex[byte & 15]};
  return name;
}

// A step can leave millions of files: remove them in batches.
constexpr size_t kAtOnce = 4096;

// Names in a directory, at most kAtOnce.
std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  sys::for_each_entry(directory, "a private directory", [&](const dirent& entry) {
    names.emplace_back(entry.d_name);
    return names.size() < kAtOnce;
  });
  return names;
}

// The names in a directory after those in `before` were removed. Throws Error when they are all
// still there: a file system may list what it says is gone.
std::vector<std::string> names_left(int directory, const std::vector<std::string>& before) {
  std::vector<std::string> names = names_in(directory);
  if (!names.empty() && names == before) {
    throw Error("remove a private directory", "its file system lists " + names[0] + " after that",
                "check that file system");
  }
  return names;
}

// Makes a directory of a tree that a step wrote searchable: a step can close its own directories,
// and without CAP_DAC_OVERRIDE that binds us, too.
void open_up(int held, const std::string& name) {
  const bool open = (sys::stat_fd(held, name).st_mode & 0700) == 0700;
  if (!open) sys::set_mode(held, 0700, name);
}

Fd open_for_removal(int parent, const std::string& name) {
  const Fd handle = sys::open(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  open_up(handle.get(), name);
  return sys::open(handle.get(), ".", O_RDONLY | O_DIRECTORY);
}

// True when a file was removed or is gone; false when it is a directory.
bool remove_file(int directory, const std::string& name) {
  if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return true;
  if (errno == EISDIR || errno == EPERM) return false;
  throw_errno("remove", name);
}

std::vector<std::string> left_in(int parent) {
  std::vector<std::string> names;
  sys::for_each_entry(parent, "a private directory", [&](const dirent& entry) {
    if (std::string_view(entry.d_name).starts_with(kPrefix)) names.emplace_back(entry.d_name);
    return true;
  });
  return names;
}

// Removed directories that are closed later. As many as most steps leave: mount points, and the
// directories of a package's temporary files.
class Removed {
 public:
  bool takes_more() const { return directories_.size() < kMost; }
  void keep(Fd directory) {
    if (directory && takes_more()) directories_.push_back(std::move(directory));
  }
  std::vector<Fd> take() { return std::exchange(directories_, {}); }

 private:
  static constexpr size_t kMost = 16;
  std::vector<Fd> directories_;
};

// Removes an empty directory. Returns false when it is not empty.
bool remove_empty(int parent, const std::string& name, Removed* removed) {
  Fd directory;
  if (removed != nullptr && removed->takes_more()) {
    directory = Fd(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) {
    if (removed != nullptr) removed->keep(std::move(directory));
    return true;
  }
  if (errno == ENOTEMPTY || errno == EEXIST) return false;
  throw_errno("remove", name);
}

// Removes the files in `directory` and moves its directories to `up`.
void empty_into(int directory, int up, uint64_t& moved) {
  for (std::vector<std::string> names = names_in(directory); !names.empty();
       names = names_left(directory, names)) {
    for (const auto& name : names) {
      if (remove_file(directory, name)) continue;
      { const Fd searchable = open_for_removal(directory, name); }
      while (!sys::rename_new(directory, name, up, "rind-up-" + std::to_string(moved++))) {
      }
    }
  }
}

}  // namespace

namespace {

// The id of the mount at /; 0 where it cannot be told.
uint64_t mount_of_root() noexcept {
  struct statx st = {};
  const bool told = ::statx(AT_FDCWD, "/", AT_STATX_SYNC_AS_STAT, STATX_MNT_ID, &st) == 0 &&
                    (st.stx_mask & STATX_MNT_ID) != 0;
  return told ? st.stx_mnt_id : 0;
}

// Removes what is in `top`. Does not descend: a tree can have any depth. Moves every grandchild up
// instead, which needs only two descriptors. removed: gets the directories, or nullptr.
void empty(int top, Removed* removed) {
  uint64_t moved = 0;
  for (std::vector<std::string> names = names_in(top); !names.empty();
       names = names_left(top, names)) {
    for (const auto& child : names) {
      if (remove_file(top, child) || remove_empty(top, child, removed)) continue;
      Fd directory = open_for_removal(top, child);
      empty_into(directory.get(), top, moved);
      if (::unlinkat(top, child.c_str(), AT_REMOVEDIR) != 0) throw_errno("remove", child);
      if (removed != nullptr) removed->keep(std::move(directory));
    }
  }
}

void remove_below(int parent, const std::string& name, Removed* removed) {
  while (!remove_empty(parent, name, nullptr)) {
    empty(open_for_removal(parent, name).get(), removed);
  }
}

// The same of the directory that `held` has open. If another one has its name now, that one stays:
// only an empty directory is removed by name.
void remove_held(int parent, const std::string& name, int held) {
  open_up(held, name);
  empty(held, nullptr);
  (void)remove_empty(parent, name, nullptr);
}

// Removes directories that a killed supervisor left: ours by name and owner, and not locked. In a
// lent tree the step may own them.
void sweep(int parent, const Plan& plan) {
  const std::vector<unsigned>& ids = plan.identity.ids;
  for (const auto& name : left_in(parent)) {
    try {
      const Fd left = sys::open(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      const uid_t owner = sys::stat_fd(left.get(), name).st_uid;
      const bool ours =
          owner == plan.builder_uid || std::find(ids.begin(), ids.end(), owner) != ids.end();
      if (!ours) continue;
      if (::flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
      remove_held(parent, name, left.get());
    } catch (const Error&) {
      // Another step removed it first, or a process that uses it is still dying. The next step
      // tries again; this one goes on.
    }
  }
}

// Removes what a first try left of a private directory, or says that it remains. That changes no
// result: the next step removes it.
void remove_rest(const std::string& path, int parent, const std::string& name, int held) {
  struct stat st = {};
  try {
    if (held < 0) {  // it was not opened
      (void)remove_empty(parent, name, nullptr);
    } else if (sys::try_lstat(parent, name, st)) {
      remove_held(parent, name, held);
    }
  } catch (const Error& e) {
    say(Error("remove the private directory " + path + "/" + name, e.what(),
              "remove it with `rm -rf`, or run another step there, which removes it")
            .what());
  }
}

}  // namespace

void remove_tree(int parent, const std::string& name) { remove_below(parent, name, nullptr); }

void remove_entry(int parent, const std::string& name) {
  if (!remove_file(parent, name)) remove_tree(parent, name);
}

Scratch::Scratch(const Plan& plan, Notes& notes) {
  try {
    std::vector<const PlannedView*> views;
    for (const auto& view : plan.views) {
      if (view.kind == PlannedView::Kind::kView && view.view == View::kPrivate &&
          view.backing == Backing::kDisk) {
        views.push_back(&view);
      }
    }
    // The first view of a mount has the outer directory: rather /tmp than HOME.
    std::stable_partition(views.begin(), views.end(),
                          [](const PlannedView* view) { return view->path == "/tmp"; });
    for (const PlannedView* view : views) make_or_note(*view, plan, notes);
    for (const auto& output : plan.outputs) {
      if (!output.in_place) continue;
      in_place_.push_back({output.path, open_canonical(output.path, O_RDONLY | O_DIRECTORY)});
    }
  } catch (const Error&) {
    remove_all();
    throw;
  }
}

void Scratch::make_or_note(const PlannedView& view, const Plan& plan, Notes& notes) {
  const bool may_be_in_memory = view.size != 0 && !view.output;
  try {
    make(view, plan);
  } catch (const Error& e) {
    if (!may_be_in_memory) throw;
    notes.push_back("the disk for the private view of " + view.path + " (" + view.rule +
                    "; it is in memory, " + std::to_string(view.size) + " bytes): " + e.why());
  }
}

void Scratch::make(const PlannedView& view, const Plan& plan) {
  Held held = {view.path, open_canonical(view.path, O_RDONLY | O_DIRECTORY), {}};
  const uint64_t mount = sys::mount_place(held.real.get(), view.path).mount_id;
  held.mount = mount;
  const auto shared = std::find_if(outers_.begin(), outers_.end(), [&](const Outer& outer) {
    return outer.shared && outer.mount == mount;
  });
  // Results are moved out of a private directory: it stays beside them.
  if (!view.output && shared != outers_.end()) {
    add_top(view, plan, *shared, held);
    held_.push_back(std::move(held));
    return;
  }
  sweep(held.real.get(), plan);
  // Another step may remove the new directory before it is locked: try again.
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    Outer outer = {view.path,     sys::open(held.real.get(), ".", O_PATH | O_DIRECTORY),
                   random_name(), {},
                   mount,         !view.output};
    if (!make_outer(view, outer)) continue;
    outers_.push_back(std::move(outer));
    if (add_top(view, plan, outers_.back(), held)) {
      held_.push_back(std::move(held));
      return;
    }
    outers_.pop_back();
  }
  throw Error("make the directory behind the private view of " + view.path,
              "other steps keep removing its directory",
              "run fewer steps at once on that directory, or give each of them its own");
}

bool Scratch::make_outer(const PlannedView& view, Outer& outer) {
  if (::mkdirat(outer.parent.get(), outer.name.c_str(), 0700) != 0) {
    throw Error("make the directory behind the private view of " + view.path,
                SysError("mkdir", outer.name, errno).why(),
                "make " + view.path +
                    " writable for the builder, or set its backing to \"memory\" in the policy");
  }
  try {
    outer.lock = sys::try_open(outer.parent.get(), outer.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!outer.lock) return false;
    if (::flock(outer.lock.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return false;
      throw_errno("lock", outer.name);
    }
    // An exact mode, whatever the umask: pid 1 passes it as its owner.
    if (::fchmod(outer.lock.get(), 0700) != 0) throw_errno("set mode of", outer.name);
  } catch (const Error&) {
    remove_rest(outer.path, outer.parent.get(), outer.name, outer.lock.get());
    throw;
  }
  return true;
}

bool Scratch::add_top(const PlannedView& view, const Plan& plan, Outer& outer, Held& held) {
  const std::string name = std::to_string(outer.count);
  if (::mkdirat(outer.lock.get(), name.c_str(), 0700) != 0) {
    if (errno == ENOENT) return false;
    throw_errno("mkdir", name);
  }
  ++outer.count;
  held.top = sys::open(outer.lock.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const bool own = plan.uid == plan.builder_uid && plan.gid == plan.builder_gid;
  if (!own && ::fchown(held.top.get(), plan.uid, plan.gid) != 0) {
    throw_errno("change the owner of", name);
  }
  if (::fchmod(held.top.get(), view.mode) != 0) throw_errno("set mode of", name);
  paths_[view.path] = outer.path + "/" + outer.name + "/" + name;
  return true;
}

Scratch::Pair Scratch::at(const std::string& path) const {
  for (const auto& held : held_) {
    if (held.path == path) return {held.real.get(), held.top.get()};
  }
  for (const auto& held : in_place_) {
    if (held.path == path) return {held.directory.get(), held.directory.get()};
  }
  throw Error("find the private view of " + path, "the plan has no such view",
              "report it: this is a fault of Rind");
}

void Scratch::remove_all() {
  // A volume may be unmounted as soon as the step has ended: its directories are closed here and
  // now. The container's own root is there until all its processes have ended.
  const uint64_t root = mount_of_root();
  Removed below;
  for (const auto& outer : outers_) {
    Removed* const kept = outer.mount == root ? &below : nullptr;
    try {
      for (size_t i = 0; i < outer.count; ++i) {
        remove_below(outer.lock.get(), std::to_string(i), kept);
      }
      remove_held(outer.parent.get(), outer.name, outer.lock.get());
    } catch (const Error&) {
      remove_rest(outer.path, outer.parent.get(), outer.name, outer.lock.get());
    }
  }
  std::vector<Fd> removed = below.take();
  for (auto& held : held_) {
    if (held.mount == root) removed.push_back(std::move(held.top));
  }
  for (auto& outer : outers_) {
    if (outer.mount == root) removed.push_back(std::move(outer.lock));
  }
  close_later(std::move(removed));
  outers_.clear();
  held_.clear();
}

Scratch::~Scratch() { remove_all(); }

}  // namespace rind
