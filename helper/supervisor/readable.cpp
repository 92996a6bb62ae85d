#include "helper/supervisor/readable.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/supervisor/installed.h"

namespace rind {
namespace {

constexpr const char* kWhat = "make the build environment readable for the step";
constexpr uint64_t kInside = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
using Identity = std::pair<dev_t, ino_t>;

// The mode with which a step can use a file of `mode`. Root needs none of these bits, except one x
// bit.
mode_t open_mode(mode_t mode) {
  if (S_ISDIR(mode)) return mode | 0505;
  // A setuid or setgid program would run with its owner's rights.
  if ((mode & (S_ISUID | S_ISGID)) != 0) return mode | 0404;
  return mode | 0404 | ((mode & 0111) != 0 ? 0101 : 0);
}

bool is_closed(mode_t mode) { return (S_ISDIR(mode) || S_ISREG(mode)) && open_mode(mode) != mode; }

Identity identity_of(const struct stat& st) { return {st.st_dev, st.st_ino}; }

std::string joined(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

bool is_in_packages(const std::string& directory) {
  const std::string path = "/" + directory + "/";
  return path.find("/site-packages/") != std::string::npos ||
         path.find("/dist-packages/") != std::string::npos;
}

// Adds the files below `top` with several hard links. In a cache that links its files into
// environments, these are the installed ones.
void add_linked_files(const std::string& top, std::set<Identity>& files) {
  constexpr size_t kMostEntries = 1'000'000;
  const Fd opened = open_canonical(top, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  std::deque<std::string> waiting = {"."};
  for (size_t looked = 0; !waiting.empty();) {
    const std::string below = std::move(waiting.front());
    waiting.pop_front();
    try {
      const Fd directory = sys::open2(opened.get(), below, O_RDONLY | O_DIRECTORY, kInside);
      sys::for_each_entry(directory.get(), below, [&](const dirent& entry) {
        struct stat st = {};
        if (++looked > kMostEntries) return false;
        if (!sys::try_lstat(directory.get(), entry.d_name, st)) return true;
        if (S_ISDIR(st.st_mode)) waiting.push_back(joined(below, entry.d_name));
        if (S_ISREG(st.st_mode) && st.st_nlink > 1) files.insert(identity_of(st));
        return true;
      });
      if (looked > kMostEntries) return;
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      // Just removed, closed, or too deep.
    }
  }
}

// One tree of plan.readable.
class Tree {
 public:
  // of_any_owner: the tree was lent as a whole, so a step set its modes.
  Tree(const Plan& plan, std::string path, bool of_any_owner)
      : plan_(plan),
        path_(std::move(path)),
        of_any_owner_(of_any_owner),
        top_(open_canonical(path_, O_PATH | O_DIRECTORY | O_NOFOLLOW)) {
    for (const auto& view : plan.views) {
      struct stat st = {};
      const bool hidden = view.kind == PlannedView::Kind::kView && view.view == View::kHidden &&
                          view.skeleton.empty() && view.path != path_;
      if (hidden && sys::try_lstat(view.path, st)) hidden_.insert(identity_of(st));
    }
  }

  // True when something in a sample is closed. The sample has all entries near the top, and some
  // files of each package.
  bool looks_closed() const;
  void open();
  const Notes& left_closed() const { return left_; }

 private:
  struct Named {
    std::string path;  // below the top
    Identity identity;
  };
  struct Several {
    nlink_t names = 0, seen = 0;
  };

  Fd directory(const std::string& below) const {
    return sys::open2(top_.get(), below.empty() ? "." : below, O_RDONLY | O_DIRECTORY, kInside);
  }
  bool look_at(int directory, const std::string& name, mode_t& mode) const;
  bool is_ours(uid_t uid) const {
    const auto& ids = plan_.identity.ids;
    return of_any_owner_ || uid == plan_.builder_uid ||
           std::find(ids.begin(), ids.end(), uid) != ids.end();
  }
  void open_top();
  void visit(const std::string& below);
  // Returns false for a directory that must not be entered.
  bool open_entry(int directory, const std::string& below);
  void open_several();
  bool is_recorded(const std::string& below, int file);
  bool is_cached(const Identity& identity);
  void read_records(const std::string& packages);
  void change(const Fd& handle, const struct stat& st, const std::string& below);
  void leave(const std::string& below, bool directory, const std::string& why);

  const Plan& plan_;
  std::string path_;
  bool of_any_owner_;
  Fd top_;
  std::set<Identity> hidden_;
  std::deque<std::string> waiting_;
  size_t kept_ = 0;  // bytes of paths in waiting_ and several_
  // Closed files with several hard links, and how many of them were found.
  std::vector<Named> several_;
  std::map<Identity, Several> names_;
  // Directories with packages (*.dist-info), and the files that their RECORDs list, by path below
  // the top.
  std::set<std::string> packages_;
  std::map<std::string, std::string> recorded_;
  std::optional<std::set<Identity>> cached_;
  Notes left_;
};

// Returns false for a file that must stay closed: it is gone, the policy hides it, or it is a mount
// point and so not the package's.
bool Tree::look_at(int directory, const std::string& name, mode_t& mode) const {
  struct statx st = {};
  if (::syscall(SYS_statx, directory, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
                STATX_TYPE | STATX_MODE | STATX_INO, &st) != 0) {
    if (sys::is_no_answer(errno)) throw_errno("look at", joined(path_, name));
    return false;
  }
  mode = st.stx_mode;
  return (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 &&
         !hidden_.contains({::makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino});
}

bool Tree::looks_closed() const {
  constexpr size_t kMostEntries = 4096, kOfEach = 256, kOfPackage = 4;
  std::deque<std::string> waiting = {""};
  for (size_t looked = 0; !waiting.empty() && looked < kMostEntries;) {
    const std::string below = std::move(waiting.front());
    waiting.pop_front();
    const bool package = is_in_packages(below);
    size_t left = package ? kOfPackage : kOfEach;
    bool closed = false;
    Fd opened;
    try {
      opened = directory(below);
    } catch (const SysError& e) {
      if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != ELOOP) throw;
      continue;  // just removed or replaced
    }
    sys::for_each_entry(opened.get(), path_, [&](const dirent& entry) {
      mode_t mode = 0;
      ++looked;
      if (!look_at(opened.get(), entry.d_name, mode)) return true;
      closed = is_closed(mode);
      if (S_ISDIR(mode) && !package) waiting.push_back(joined(below, entry.d_name));
      return !closed && --left > 0;
    });
    if (closed) return true;
  }
  return false;
}

void Tree::open() {
  open_top();
  waiting_.emplace_back();
  while (!waiting_.empty()) {
    const std::string below = std::move(waiting_.front());
    waiting_.pop_front();
    kept_ -= below.size();
    visit(below);
  }
  open_several();
}

// Other users may stay unable to enter the top (helper/plan/ways.h), but pid 1 passes it as its
// owner.
void Tree::open_top() {
  const struct stat st = sys::stat_fd(top_.get(), path_);
  mode_t mode = st.st_mode | 0700;
  if ((mode & S_IXOTH) != 0) mode |= S_IROTH;
  if (mode == st.st_mode) return;
  if (!is_ours(st.st_uid)) return leave("", true, "it belongs to uid " + std::to_string(st.st_uid));
  if (::chmod(("/proc/self/fd/" + std::to_string(top_.get())).c_str(), mode & 07777) != 0) {
    throw_errno("set the mode of", path_);
  }
}

void Tree::visit(const std::string& below) {
  constexpr size_t kMostBytes = size_t{64} << 20;
  Fd opened;
  try {
    opened = directory(below);
  } catch (const SysError& e) {
    // Just removed, or too deep for a path: nobody can open it by one.
    const int code = e.code();
    if (code == ENOENT || code == ENAMETOOLONG || code == ENOTDIR || code == ELOOP) return;
    if (sys::is_no_answer(code)) throw;
    return leave(below, true, e.why());
  }
  sys::for_each_entry(opened.get(), joined(path_, below), [&](const dirent& entry) {
    mode_t mode = 0;
    const std::string name = entry.d_name, path = joined(below, name);
    if (!look_at(opened.get(), name, mode)) return true;
    if (is_closed(mode) && !open_entry(opened.get(), path)) return true;
    if (!S_ISDIR(mode)) return true;
    if (name.ends_with(".dist-info")) packages_.insert(below);
    kept_ += path.size();
    if (kept_ > kMostBytes)
      throw Error(kWhat, path_ + " has too many directories",
                  "build in an environment with fewer packages");
    waiting_.push_back(path);
    return true;
  });
}

bool Tree::open_entry(int directory, const std::string& below) {
  Fd handle;
  try {
    handle = sys::open(directory, base_name(below), O_PATH | O_NOFOLLOW);
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;
    return false;
  }
  // Use this descriptor from here on: another step may rename the file.
  const struct stat st = sys::stat_fd(handle.get(), below);
  if (!is_closed(st.st_mode) || sys::mount_place(handle.get(), below).is_root) return false;
  if (hidden_.contains(identity_of(st))) return false;
  if (S_ISREG(st.st_mode) && st.st_nlink > 1) {
    Several& several = names_[identity_of(st)];
    several.names = st.st_nlink;
    ++several.seen;
    kept_ += below.size();
    several_.push_back({below, identity_of(st)});
    return false;
  }
  change(handle, st, below);
  return true;
}

void Tree::open_several() {
  for (const auto& file : several_) {
    Fd handle;
    try {
      handle = sys::open2(top_.get(), file.path, O_RDONLY | O_NONBLOCK, kInside);
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      leave(file.path, false, e.why());
      continue;
    }
    const struct stat st = sys::stat_fd(handle.get(), file.path);
    // The file was replaced meanwhile: the next step checks it.
    if (identity_of(st) != file.identity || !is_closed(st.st_mode)) continue;
    const Several& several = names_[file.identity];
    const bool inside = several.seen == several.names && st.st_nlink == several.names;
    if (inside || is_recorded(file.path, handle.get()) || is_cached(file.identity)) {
      change(handle, st, file.path);
    } else {
      leave(file.path, false,
            "it has hard links outside of the environment, and is neither in uv's cache nor as a "
            "package's RECORD lists it");
    }
  }
}

bool Tree::is_recorded(const std::string& below, int file) {
  constexpr uint64_t kMostBytes = uint64_t{4} << 30;
  // Read the RECORDs only when such a file is found, which is rare.
  while (!packages_.empty()) {
    const std::string packages = *packages_.begin();
    packages_.erase(packages_.begin());
    read_records(packages);
  }
  const auto found = recorded_.find(below);
  return found != recorded_.end() && sha256_hex_of(file, kMostBytes, below) == found->second;
}

bool Tree::is_cached(const Identity& identity) {
  if (!cached_) {
    cached_.emplace();
    for (const auto& cache : plan_.link_caches) add_linked_files(cache, *cached_);
  }
  return cached_->contains(identity);
}

void Tree::read_records(const std::string& packages) {
  constexpr size_t kMostBytes = size_t{16} << 20, kMostFiles = 1'000'000;
  const Fd opened = directory(packages);
  sys::for_each_entry(opened.get(), packages, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (!name.ends_with(".dist-info")) return true;
    try {
      const Fd record = sys::open2(opened.get(), name + "/RECORD", O_RDONLY | O_NONBLOCK, kInside);
      if (!S_ISREG(sys::stat_fd(record.get(), name).st_mode)) return true;
      for (auto& [path, digest] : recorded_files(sys::read_all(record.get(), kMostBytes, name))) {
        recorded_[joined(packages, path)] = digest;
      }
    } catch (const SysError& e) {
      if (sys::is_no_answer(e.code())) throw;
      // There is none: its files are unknown.
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): too large: its files are unknown
    }
    return recorded_.size() < kMostFiles;
  });
}

void Tree::change(const Fd& handle, const struct stat& st, const std::string& below) {
  const bool directory = S_ISDIR(st.st_mode);
  if (!is_ours(st.st_uid)) {
    return leave(below, directory, "it belongs to uid " + std::to_string(st.st_uid));
  }
  const std::string self = "/proc/self/fd/" + std::to_string(handle.get());
  if (::chmod(self.c_str(), open_mode(st.st_mode) & 07777) != 0) {
    leave(below, directory, SysError("chmod", below, errno).why());
  }
}

void Tree::leave(const std::string& below, bool directory, const std::string& why) {
  constexpr size_t kMostNamed = 4;
  const std::string path = joined(path_, below);
  const std::string remedy = "run `chmod -R go+rX " + path_ + "`";
  if (directory) {
    throw Error(kWhat,
                "other users may not read " + path + ", and Rind could not change that: " + why,
                remedy);
  }
  if (left_.size() < kMostNamed) {
    left_.push_back("read access to " + path +
                    ": other users may not read it, and Rind left that: " + why + "; " + remedy);
  }
}

bool is_lent(const Plan& plan, const std::string& path) {
  return std::any_of(plan.lent.begin(), plan.lent.end(),
                     [&](const auto& tree) { return tree.path == path; });
}

}  // namespace

std::vector<std::string> trees_to_open(const Plan& plan) {
  std::vector<std::string> trees;
  for (const auto& path : plan.readable) {
    if (!is_lent(plan, path) && Tree(plan, path, false).looks_closed()) trees.push_back(path);
  }
  return trees;
}

Notes make_readable(const Plan& plan) {
  Notes left;
  for (const auto& path : trees_to_open(plan)) {
    Tree tree(plan, path, false);
    tree.open();
    left.insert(left.end(), tree.left_closed().begin(), tree.left_closed().end());
  }
  return left;
}

void make_readable_again(const Plan& plan) {
  for (const auto& path : plan.readable) {
    // Files that stay closed are reported by the next step that needs them.
    if (is_lent(plan, path)) Tree(plan, path, true).open();
  }
}

}  // namespace rind
