#include "helper/supervisor/pycaches.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/read_entries.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "helper/supervisor/attributes.h"
#include "helper/supervisor/scratch.h"
#include "helper/supervisor/twice.h"

namespace rind {
namespace {

constexpr const char* kName = "__pycache__";
constexpr uint64_t kInside = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
// Beyond them modules are compiled each time, as the step sees fit.
constexpr size_t kMostDirectories = 20'000;

Fd open_below(const Fd& top, const std::string& below) {
  return sys::open2(top.get(), below.empty() ? "." : below, O_RDONLY | O_DIRECTORY, kInside);
}

// errno of opening a directory that was just removed, or replaced by something else.
bool is_gone(int code) { return code == ENOENT || code == ENOTDIR || code == ELOOP; }

bool is_directory(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat st = {};
  return sys::try_lstat(directory, entry.d_name, st) && S_ISDIR(st.st_mode);
}

// What a directory of packages has.
struct Content {
  bool modules = false;
  bool cache = false;  // a directory __pycache__
  bool taken = false;  // something else has that name
  std::vector<std::string> directories;
};

// directory: not read yet.
Content content_of(const Fd& directory, const std::string& path, sys::DirectoryRoom& room) {
  Content content;
  sys::read_entries(directory.get(), path, room, [&](const dirent& entry) {
    const std::string_view name = entry.d_name;
    content.modules = content.modules || name.ends_with(".py");
    const bool is_dir = is_directory(directory.get(), entry);
    if (name == kName) (is_dir ? content.cache : content.taken) = true;
    if (is_dir && name != kName && !name.ends_with(".dist-info") && !name.ends_with(".egg-info")) {
      content.directories.emplace_back(name);
    }
    return true;
  });
  return content;
}

bool is_module(const struct stat& st, std::string_view name) {
  return S_ISREG(st.st_mode) && st.st_nlink == 1 && name.ends_with(".pyc");
}

// Gives a compiled module to the builder. False for anything else.
bool take_module(int cache, const char* name, const Plan& plan) {
  struct stat named = {};
  if (::fstatat(cache, name, &named, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return true;
    throw_errno("look at", name);
  }
  if (!is_module(named, name)) return false;
  if (named.st_uid == plan.builder_uid) return true;
  // Calls on a file that is open for reading are quicker than those by its path in /proc. Without
  // CAP_DAC_OVERRIDE the step's mode may close it to us.
  Fd file(::openat(cache, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) file = sys::hold(cache, name);
  if (!file) return true;  // gone
  const struct stat st = sys::stat_fd(file.get(), name);
  if (!is_module(st, name)) return false;
  sys::set_owner(file.get(), plan.builder_uid, plan.builder_gid, name);
  remove_acls(file.get(), name);
  constexpr mode_t kMode = 0644;
  if ((st.st_mode & 07777) != kMode) sys::set_mode(file.get(), kMode, name);
  remove_user_attributes(file.get(), name);
  return true;
}

}  // namespace

Pycaches::Pycaches(const Plan& plan) : plan_(plan) {
  for (const auto& path : plan.package_directories) {
    Place place = {open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path, {}};
    if (::flock(place.top.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) continue;
      throw_errno("lock", path);
    }
    places_.push_back(std::move(place));
    lend(places_.back());
  }
}

Pycaches::~Pycaches() {
  try {
    give_back();
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

bool Pycaches::is_lease(uid_t uid) const {
  const auto& ids = plan_.identity.ids;
  return std::find(ids.begin(), ids.end(), uid) != ids.end();
}

void Pycaches::lend(Place& place) {
  const auto room = std::make_unique_for_overwrite<sys::DirectoryRoom>();
  std::deque<std::string> waiting = {""};
  for (size_t seen = 0; !waiting.empty() && seen < kMostDirectories; ++seen) {
    const std::string below = std::move(waiting.front());
    waiting.pop_front();
    Fd directory;
    try {
      directory = open_below(place.top, below);
    } catch (const SysError& e) {
      // Too deep for a path, or a mount.
      if (e.code() == ENAMETOOLONG || e.code() == EXDEV || is_gone(e.code())) continue;
      throw;
    }
    const std::string prefix = below.empty() ? "" : below + "/";
    const Content content = content_of(directory, place.path, *room);
    for (const auto& name : content.directories) waiting.push_back(prefix + name);
    if (!content.modules || content.taken) continue;
    // The front end may compile the same modules at the same moment.
    if (!content.cache && ::mkdirat(directory.get(), kName, 0755) != 0 && errno != EEXIST) {
      if (errno == ENOENT) continue;  // the directory was just removed
      throw_errno("make directory", kName);
    }
    lend_in(place, directory, prefix + kName);
  }
}

void Pycaches::lend_in(Place& place, const Fd& directory, const std::string& below) {
  Fd cache;
  try {
    cache = sys::open2(directory.get(), kName, O_RDONLY | O_DIRECTORY, kInside);
  } catch (const SysError& e) {
    if (e.code() != EXDEV && !is_gone(e.code())) throw;
    return;  // somebody mounted one, or has removed it
  }
  const uid_t owner = sys::stat_fd(cache.get(), below).st_uid;
  if (owner != plan_.builder_uid && !is_lease(owner)) return;
  // Of a step whose supervisor was killed.
  if (owner != plan_.builder_uid) take_back(cache.get(), below);
  place.lent.push_back(below);
  if (::fchown(cache.get(), plan_.uid, plan_.gid) != 0) throw_errno("change the owner of", below);
}

void Pycaches::take_back(int cache, const std::string& path) const {
  // First: nobody else can change the directory from here on.
  if (::fchown(cache, plan_.builder_uid, plan_.builder_gid) != 0) {
    throw_errno("change the owner of", path);
  }
  remove_acls(cache, path);
  constexpr mode_t kMode = 0755;
  const bool same = (sys::stat_fd(cache, path).st_mode & 07777) == kMode;
  if (!same && ::fchmod(cache, kMode) != 0) throw_errno("set the mode of", path);
  std::vector<std::string> others;
  const auto room = std::make_unique_for_overwrite<sys::DirectoryRoom>();
  sys::read_entries(cache, path, *room, [&](const dirent& entry) {
    if (!take_module(cache, entry.d_name, plan_)) others.emplace_back(entry.d_name);
    return true;
  });
  for (const auto& name : others) remove_entry(cache, name);
}

void Pycaches::give_back() {
  std::optional<Error> trouble;
  for (const auto& place : std::exchange(places_, {})) {
    for (const auto& below : place.lent) {
      try {
        twice([&] { take_back(open_below(place.top, below).get(), place.path + "/" + below); });
      } catch (const SysError& e) {
        if (!is_gone(e.code()) && !trouble) trouble = e;
      } catch (const Error& e) {
        if (!trouble) trouble = e;
      }
    }
  }
  if (!trouble) return;
  throw Error("take back the compiled modules of the build environment", trouble->what(),
              "remove the build environment, and build the package again");
}

}  // namespace rind
