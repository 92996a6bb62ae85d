#include "common/kit/find_seams.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/read_entries.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/base/try_open.h"

namespace rind {
namespace {

// True for an errno that means "there is no seam at this path": the path does not exist, a file is
// where a directory should be, symlinks form a loop, or a name is too long. With
// CAP_DAC_READ_SEARCH, EACCES means that the owner is not mapped into the container, so that no
// process in it can open the path. The last four come from a dead network or FUSE mount, which a
// builder cannot read either.
bool is_absent(int code) {
  return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG ||
         code == EACCES || code == ENOTCONN || code == ESTALE || code == EIO || code == EHOSTDOWN;
}

// While the kit is installed, each seam takes three descriptors; a process can have 1024.
constexpr size_t kMostSeams = 256;

// Reading a name that does not match is that much cheaper than opening a path.
constexpr uint64_t kNamesPerEntry = 20;

// True for a file of a kernel file system. It is not a script, and the kit's original of it would
// show what the engine masks.
bool is_of_kernel(int fd, const std::string& path) {
  struct statfs fs = {};
  if (::fstatfs(fd, &fs) != 0) throw_errno("statfs", path);
  return fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
         fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC ||
         fs.f_type == DEBUGFS_MAGIC || fs.f_type == TRACEFS_MAGIC ||
         fs.f_type == SECURITYFS_MAGIC || fs.f_type == BPF_FS_MAGIC;
}

// A file has the name of a seam but cannot be covered.
class SeamNotCoverable : public Error {
 public:
  SeamNotCoverable(const std::string& path, const std::string& why)
      : Error("cover the seam " + path, why,
              "this image is damaged or hostile: do not build in it") {}
};

// The canonical path. Symlinks can lead to a file whose path is longer than PATH_MAX.
std::string name_of(int fd, const std::string& path) {
  try {
    return sys::path_of(fd);
  } catch (const SysError& e) {
    if (e.code() != ENAMETOOLONG) throw;
    throw SeamNotCoverable(path, "its canonical path is longer than PATH_MAX");
  }
}

class Search {
 public:
  Search(const Root& rootfs, const SeamRules& rules, SearchTime time = SearchTime::kUnlimited)
      : rootfs_(rootfs), rules_(rules), time_(time) {
    deadline_ = Clock::now() + std::chrono::milliseconds(rules.search_milliseconds);
  }

  // Takes every file that matches `pattern`. Components before `from` are already expanded, in
  // `so_far`.
  void expand(const std::string& pattern, kit::SeamKind kind, size_t from = 0,
              const std::string& so_far = {}) {
    size_t at = from;
    std::string path = so_far;
    while (at < pattern.size()) {
      size_t end = pattern.find('/', at + 1);
      if (end == std::string::npos) end = pattern.size();
      const std::string part = pattern.substr(at + 1, end - at - 1);
      if (has_wildcard(part)) {
        for (const auto& name : list(path, part, end == pattern.size())) {
          expand(pattern, kind, end, path + "/" + name);
        }
        return;
      }
      path += "/" + part;
      at = end;
    }
    take(path, kind);
  }

  void take(const std::string& path, kit::SeamKind kind) {
    count();
    // Several patterns lead to one path.
    if (!taken_.insert(path).second) return;
    Fd fd = open_any(path, O_PATH);
    if (!fd) return;
    const struct stat st = sys::stat_fd(fd.get(), path);
    // Not every file with such a name is an interpreter: python3-config is a script, and a
    // directory can have the name.
    if (kind == kit::SeamKind::kInterpreter && !is_program(fd, st)) return;
    // With lib64 -> lib, the search finds one path twice. But two paths of one file (uv makes hard
    // links, a volume can be mounted twice) are two seams.
    if (!seen_.insert(name_of(fd.get(), path)).second) return;
    const bool regular = S_ISREG(st.st_mode);
    if (!regular || is_of_kernel(fd.get(), path)) {
      throw SeamNotCoverable(path, regular ? "it is in a kernel file system, such as /proc"
                                           : "it is not a regular file");
    }
    if (found_.size() == kMostSeams) stop(std::to_string(kMostSeams) + " seams");
    found_.push_back({kind, std::move(fd)});
  }

  bool found_any() const { return !found_.empty(); }
  std::vector<FoundSeam> result() { return std::move(found_); }

 private:
  using Clock = std::chrono::steady_clock;

  void check_time() const {
    if (time_ == SearchTime::kUnlimited || !found_.empty() || Clock::now() <= deadline_) return;
    stop(std::to_string(rules_.search_milliseconds) + " ms");
  }

  void count() {
    if (++entries_ > rules_.search_entries) {
      stop(std::to_string(rules_.search_entries) + " paths");
    }
    check_time();
  }

  void count_name() {
    const uint64_t limit = rules_.search_entries * kNamesPerEntry;
    if (++names_ > limit) stop(std::to_string(limit) + " directory entries");
    check_time();
  }

  [[noreturn]] static void stop(const std::string& limit) {
    throw Error("search the container for seams", "it takes more than " + limit,
                "raise seams.script.limits in the policy, or name fewer directories");
  }

  // True for an ELF file with an x bit: the kernel executes it without an interpreter.
  static bool is_program(const Fd& file, const struct stat& st) {
    if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0) return false;
    // Through the descriptor: the path may lead to another file by now.
    const Fd readable =
        sys::open(AT_FDCWD, "/proc/self/fd/" + std::to_string(file.get()), O_RDONLY | O_NONBLOCK);
    char magic[4] = {};
    const ssize_t n = ::read(readable.get(), magic, sizeof magic);
    if (n < 0) throw_errno("read", sys::path_of(file.get()));
    return n == sizeof magic && std::memcmp(magic, "\177ELF", sizeof magic) == 0;
  }

  // The names in `path` that match `pattern`: directories, links and, if `files`, regular files.
  std::vector<std::string> list(const std::string& path, const std::string& pattern, bool files) {
    // Missing directories count, too: an image's PATH may name any number of them.
    count();
    std::vector<std::string> names;
    for_each_name(path.empty() ? "/" : path, [&](const Name& entry) {
      count_name();
      const bool may_be = entry.may_be_directory || (files && entry.regular);
      if (!may_be || !glob_match(pattern, entry.name)) return;
      count();
      names.push_back(entry.name);
    });
    return names;
  }

  struct Name {
    std::string name;
    bool may_be_directory = false, regular = false;
  };

  // Several patterns begin alike, so that small directories are remembered.
  template <typename Use>
  void for_each_name(const std::string& path, Use use) {
    if (const auto known = listed_.find(path); known != listed_.end()) {
      for (const Name& name : known->second) use(name);
      return;
    }
    constexpr size_t kFew = 1024;
    std::vector<Name> names;
    bool few = true;
    read_names(path, [&](Name name) {
      use(name);
      if (few) names.push_back(std::move(name));
      few = few && names.size() < kFew;
    });
    if (few) listed_.emplace(path, std::move(names));
  }

  template <typename Use>
  void read_names(const std::string& path, Use use) {
    const Fd fd = open_any(path, O_RDONLY | O_DIRECTORY);
    if (!fd) return;
    const auto room = std::make_unique_for_overwrite<sys::DirectoryRoom>();
    sys::read_entries(fd.get(), path, *room, [&](const dirent& entry) {
      use(Name{entry.d_name,
               entry.d_type == DT_DIR || entry.d_type == DT_LNK || entry.d_type == DT_UNKNOWN,
               entry.d_type == DT_REG});
      return true;
    });
  }

  // Empty where nothing is at `path`.
  Fd open_any(const std::string& path, int flags) const {
    int error = 0;
    Fd fd = try_open(rootfs_, UntrustedPath(path), flags, error);
    if (!fd && !is_absent(error)) throw SysError("open", path, error);
    return fd;
  }

  const Root& rootfs_;
  const SeamRules& rules_;
  const SearchTime time_;
  Clock::time_point deadline_;
  uint64_t entries_ = 0, names_ = 0;
  std::map<std::string, std::vector<Name>> listed_;
  std::set<std::string> taken_, seen_;  // paths as they were named, and canonical ones
  std::vector<FoundSeam> found_;
};

// "/a/b/bin" -> "/a/b"; empty for any other form.
std::string prefix_of(const std::string& bin) {
  const size_t slash = bin.rfind('/');
  if (slash == std::string::npos || slash == 0 || bin.substr(slash) != "/bin") return {};
  return bin.substr(0, slash);
}

}  // namespace

std::vector<std::string> container_prefixes(const std::vector<std::string>& environment,
                                            const std::vector<std::string>& arguments,
                                            uint64_t limit) {
  std::vector<std::string> prefixes;
  std::set<std::string> known;
  const auto add = [&](const std::string& prefix) {
    // A wildcard from an image's variable would widen the search. No real prefix contains one.
    if (prefix.empty() || prefix[0] != '/' || has_wildcard(prefix)) return;
    if (prefixes.size() <= limit && known.insert(prefix).second) prefixes.push_back(prefix);
  };
  // `/srv/venv/bin/fromager`, `/srv/venv/bin/python3 -m fromager`, `bash /srv/venv/bin/fromager`.
  for (size_t i = 0; i < arguments.size() && i < 2; ++i) {
    if (!arguments[i].empty() && arguments[i][0] == '/') add(prefix_of(parent_of(arguments[i])));
  }
  for (const auto& entry : environment) {
    if (entry.rfind("VIRTUAL_ENV=", 0) == 0) add(entry.substr(12));
    if (entry.rfind("PATH=", 0) != 0) continue;
    for (const auto& element : split(entry.substr(5), ':')) add(prefix_of(element));
  }
  return prefixes;
}

std::vector<std::string> search_patterns(const SeamRules& rules,
                                         const std::vector<std::string>& environment,
                                         const std::vector<std::string>& arguments) {
  std::vector<std::string> patterns = rules.script_directories;
  if (!rules.environment_prefixes) return patterns;
  std::set<std::string> known(patterns.begin(), patterns.end());
  for (const auto& prefix : container_prefixes(environment, arguments, rules.search_entries)) {
    // With this many patterns the search exceeds its limit; more would only cost time.
    if (patterns.size() > rules.search_entries) break;
    for (const char* tail : {"/lib/python3*/site-packages", "/lib64/python3*/site-packages",
                             "/lib/python3*/dist-packages"}) {
      if (known.insert(prefix + tail).second) patterns.push_back(prefix + tail);
    }
  }
  return patterns;
}

std::vector<FoundSeam> find_scripts(const Root& rootfs, const SeamRules& rules,
                                    const std::vector<std::string>& patterns, SearchTime time) {
  Search search(rootfs, rules, time);
  try {
    for (const auto& pattern : patterns) {
      search.expand(pattern + "/" + rules.script_file, kit::SeamKind::kScript);
    }
  } catch (const SeamNotCoverable&) {
    throw;  // the path of a script exists, so the container may be a builder
  } catch (const Error& e) {
    if (search.found_any()) throw;
    throw SearchIncomplete(e);
  }
  return search.result();
}

std::vector<FoundSeam> find_unshare(const Root& rootfs, const SeamRules& rules) {
  Search search(rootfs, rules);
  for (const auto& path : rules.unshare_paths) search.take(path, kit::SeamKind::kUnshare);
  return search.result();
}

std::vector<FoundSeam> find_interpreters(const Root& rootfs, const SeamRules& rules,
                                         const std::vector<std::string>& prefixes) {
  Search search(rootfs, rules);
  for (const auto& pattern : rules.interpreter_paths) {
    search.expand(pattern, kit::SeamKind::kInterpreter);
  }
  for (const auto& prefix : prefixes) {
    search.expand(prefix + "/bin/python3*", kit::SeamKind::kInterpreter);
  }
  return search.result();
}

}  // namespace rind
