#include "helper/supervisor/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

constexpr std::string_view kPrefix = "rind-private-";
constexpr const char* kTop = "top";

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

// The names in a directory, at most `at_most`.
std::vector<std::string> names_in(int directory, size_t at_most = kAtOnce) {
  std::vector<std::string> names;
  sys::for_each_entry(directory, "a private directory", [&](const dirent& entry) {
    names.emplace_back(entry.d_name);
    return names.size() < at_most;
  });
  return names;
}

// Opens a directory of a tree that a step wrote, and makes it searchable first: a step can close
// its own directories, and without CAP_DAC_OVERRIDE that binds us, too.
Fd open_for_removal(int parent, const std::string& name) {
  const Fd handle = sys::open(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  const std::string self = "/proc/self/fd/" + std::to_string(handle.get());
  if ((sys::stat_fd(handle.get(), name).st_mode & 0700) != 0700 &&
      ::chmod(self.c_str(), 0700) != 0) {
    throw_errno("set the mode of", name);
  }
  return sys::open(handle.get(), ".", O_RDONLY | O_DIRECTORY);
}

// True when a file was removed; false when it is a directory.
bool remove_file(int directory, const std::string& name) {
  if (::unlinkat(directory, name.c_str(), 0) == 0) return true;
  if (errno == EISDIR || errno == EPERM) return false;
  throw_errno("remove", name);
}

// Removes directories that a killed supervisor left: ours by name and owner, and not locked. In a
// lent tree the step may own them.
void sweep(int parent, const Plan& plan) {
  const std::vector<unsigned>& ids = plan.identity.ids;
  for (const auto& name : names_in(parent, SIZE_MAX)) {
    if (name.rfind(kPrefix, 0) != 0) continue;
    try {
      const Fd left = sys::open(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      const uid_t owner = sys::stat_fd(left.get(), name).st_uid;
      const bool ours =
          owner == plan.builder_uid || std::find(ids.begin(), ids.end(), owner) != ids.end();
      if (!ours) continue;
      if (::flock(left.get(), LOCK_EX | LOCK_NB) != 0) continue;
      remove_tree(parent, name);
    } catch (const SysError&) {
      // Another step removed it first, or a process that uses it is still dying. The next step
      // tries again; this one goes on.
    }
  }
}

// Removes the files in `directory` and moves its directories to `up`.
void empty_into(int directory, int up, uint64_t& moved) {
  for (std::vector<std::string> names = names_in(directory); !names.empty();
       names = names_in(directory)) {
    for (const auto& name : names) {
      if (remove_file(directory, name)) continue;
      { const Fd searchable = open_for_removal(directory, name); }
      while (!sys::rename_new(directory, name, up, "rind-up-" + std::to_string(moved++))) {
      }
    }
  }
}

}  // namespace

void remove_tree(int parent, const std::string& name) {
  const Fd top = open_for_removal(parent, name);
  // Do not descend: a tree can have any depth. Move every grandchild up instead, which needs only
  // two descriptors.
  uint64_t moved = 0;
  for (std::vector<std::string> names = names_in(top.get()); !names.empty();
       names = names_in(top.get())) {
    for (const auto& child : names) {
      if (remove_file(top.get(), child)) continue;
      const Fd directory = open_for_removal(top.get(), child);
      empty_into(directory.get(), top.get(), moved);
      if (::unlinkat(top.get(), child.c_str(), AT_REMOVEDIR) != 0) throw_errno("remove", child);
    }
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) throw_errno("remove", name);
}

Scratch::Scratch(const Plan& plan, Notes& notes) {
  try {
    for (const auto& view : plan.views) {
      if (view.kind == PlannedView::Kind::kView && view.view == View::kPrivate &&
          view.backing == Backing::kDisk) {
        make_or_note(view, plan, notes);
      }
    }
    for (const auto& output : plan.outputs) {
      if (!output.in_place) continue;
      in_place_.push_back({output.path, open_canonical(output.path, O_RDONLY | O_DIRECTORY)});
    }
  } catch (const Error&) {
    remove_all();
    throw;
  }
}

void Scratch::open_top(Held& held, const PlannedView& view, const Plan& plan) {
  held.top = sys::open(held.lock.get(), kTop, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const bool own = plan.uid == plan.builder_uid && plan.gid == plan.builder_gid;
  if (!own && ::fchown(held.top.get(), plan.uid, plan.gid) != 0) {
    throw_errno("change the owner of", kTop);
  }
  if (::fchmod(held.top.get(), view.mode) != 0) throw_errno("set mode of", kTop);
  paths_[view.path] = view.path + "/" + held.name + "/" + kTop;
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
  Held held;
  held.path = view.path;
  held.parent = open_canonical(view.path, O_RDONLY | O_DIRECTORY);
  sweep(held.parent.get(), plan);
  // Another step may remove the new directory before it is locked: try again.
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    held.name = random_name();
    if (::mkdirat(held.parent.get(), held.name.c_str(), 0700) != 0) {
      throw Error("make the directory behind the private view of " + view.path,
                  SysError("mkdir", held.name, errno).why(),
                  "make " + view.path +
                      " writable for the builder, or set its backing to \"memory\" in the policy");
    }
    try {
      held.lock = sys::open(held.parent.get(), held.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (::flock(held.lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
      // An exact mode, whatever the umask: pid 1 passes it as its owner.
      if (::fchmod(held.lock.get(), 0700) != 0) throw_errno("set mode of", held.name);
      if (::mkdirat(held.lock.get(), kTop, 0700) != 0) throw_errno("mkdir", kTop);
    } catch (const SysError& e) {
      if (e.code() == ENOENT) continue;
      ::unlinkat(held.parent.get(), held.name.c_str(), AT_REMOVEDIR);
      throw;
    }
    held_.push_back(std::move(held));
    return open_top(held_.back(), view, plan);
  }
  throw Error("make the directory behind the private view of " + view.path,
              "other steps keep removing its directory",
              "run fewer steps at once on that directory, or give each of them its own");
}

Scratch::Pair Scratch::at(const std::string& path) const {
  for (const auto& held : held_) {
    if (held.path == path) return {held.parent.get(), held.top.get()};
  }
  for (const auto& held : in_place_) {
    if (held.path == path) return {held.directory.get(), held.directory.get()};
  }
  throw Error("find the private view of " + path, "the plan has no such view",
              "report it: this is a fault of Rind");
}

void Scratch::remove_all() {
  for (const auto& held : held_) {
    try {
      remove_tree(held.parent.get(), held.name);
    } catch (const Error&) {
      // This does not change the step's result; the next step removes it.
    }
  }
  held_.clear();
}

Scratch::~Scratch() { remove_all(); }

}  // namespace rind
