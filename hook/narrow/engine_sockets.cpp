#include "hook/narrow/engine_sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "find the engines' sockets of the host";

// True when the file no longer exists or the hook cannot reach it. The hook has the rights of the
// user who starts the container, and as root it can read everything: no process of the container
// can reach more.
bool is_out_of_reach(int code) { return code == ENOENT || code == ENOTDIR || code == EACCES; }

// Adds the paths that match the components of `pattern` from `from` on, below `path`. glob(3) needs
// name services, which a static program has not.
void match(const std::string& pattern, size_t from, const std::string& path,
           std::vector<std::string>& found) {
  const size_t begin = pattern.find_first_not_of('/', from);
  if (begin == std::string::npos) {
    found.push_back(path.empty() ? "/" : path);
    return;
  }
  const size_t end = std::min(pattern.find('/', begin), pattern.size());
  const std::string part = pattern.substr(begin, end - begin);
  if (part.find_first_of("*?[\\") == std::string::npos) {
    return match(pattern, end, path + "/" + part, found);
  }
  const std::string directory = path.empty() ? "/" : path;
  std::vector<std::string> names;
  try {
    const Fd fd = sys::open(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    sys::for_each_entry(fd.get(), directory, [&](const dirent& entry) {
      // As for the shell, a wildcard matches no dot at the beginning.
      const bool hidden =
          entry.d_name[0] == '.' && !part.starts_with('.') && !part.starts_with("\\.");
      if (!hidden && glob_match(part, entry.d_name)) names.emplace_back(entry.d_name);
      return true;
    });
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    // As for glob(3): nothing matches in what cannot be read.
  }
  for (const auto& name : names) match(pattern, end, path + "/" + name, found);
}

// The paths that match `pattern`, without symlinks.
std::vector<std::string> expand(const std::string& pattern) {
  std::vector<std::string> found, paths;
  match(pattern, 0, {}, found);
  for (const auto& path : found) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &::free);
    if (real) {
      paths.emplace_back(real.get());
    } else if (!is_out_of_reach(errno)) {
      throw_errno("find the engine's socket", path);
    }
  }
  return paths;
}

class HostSearch {
 public:
  explicit HostSearch(const std::vector<MountEntry>& mounts) : mounts_(mounts) {}

  void add(const std::string& path) {
    Fd fd;
    try {
      fd = sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
    } catch (const SysError& e) {
      if (is_out_of_reach(e.code())) return;
      throw;
    }
    const struct stat st = sys::stat_fd(fd.get(), path);
    if (!S_ISSOCK(st.st_mode) && !S_ISDIR(st.st_mode)) return;
    if (!known_.insert(path).second) return;

    const MountEntry& mount = mount_of(fd.get(), path);
    EngineFile file;
    file.path = path;
    file.device = mount.device;
    file.root = below(mount.root, relative(path, mount.target));
    file.dev = st.st_dev;
    file.inode = st.st_ino;
    file.directory = S_ISDIR(st.st_mode);
    files_.push_back(std::move(file));
    if (S_ISDIR(st.st_mode)) add_sockets_in(fd.get(), path);
  }

  std::vector<EngineFile> result() { return std::move(files_); }

 private:
  static std::string relative(const std::string& path, const std::string& top) {
    return top == "/" ? path : path.substr(top.size());
  }
  static std::string below(const std::string& top, const std::string& rest) {
    if (rest.empty() || rest == "/") return top;
    return top == "/" ? rest : top + rest;
  }

  const MountEntry& mount_of(int fd, const std::string& path) const {
    const uint64_t id = sys::mount_place(fd, path).mount_id;
    for (const auto& mount : mounts_) {
      if (mount.id == id && is_within(path, mount.target)) return mount;
    }
    throw Error(kWhat, "the host's mount table does not contain the mount of " + path,
                "mounts changed during the search: start the container again");
  }

  // One level deep; an engine's own directory has far fewer entries than the limit.
  void add_sockets_in(int directory, const std::string& path) {
    constexpr int kMostEntries = 4096;
    int entries = 0;
    std::vector<std::string> sockets;
    try {
      sys::for_each_entry(directory, path, [&](const dirent& entry) {
        if (sys::entry_type(directory, entry) == DT_SOCK) {
          sockets.push_back(path + "/" + entry.d_name);
        }
        return ++entries < kMostEntries;
      });
    } catch (const SysError& e) {
      if (!is_out_of_reach(e.code())) throw;
    }
    for (const auto& socket : sockets) add(socket);
  }

  const std::vector<MountEntry>& mounts_;
  std::vector<EngineFile> files_;
  std::set<std::string> known_;
};

// The part of `path` after `top`, with a leading slash; "" for `top` itself.
std::string rest_of(const std::string& path, const std::string& top) {
  if (path == top) return {};
  return top == "/" ? path : path.substr(top.size());
}

}  // namespace

std::vector<EngineFile> find_engine_files(const std::vector<std::string>& patterns,
                                          const std::vector<MountEntry>& table) {
  std::vector<std::string> paths;
  for (const auto& pattern : patterns) {
    for (auto& path : expand(pattern)) paths.push_back(std::move(path));
  }
  if (paths.empty()) return {};
  HostSearch search(table);
  for (const auto& path : paths) search.add(path);
  return search.result();
}

std::vector<EnginePlace> engine_places(const std::vector<EngineFile>& files,
                                       const std::vector<MountEntry>& table,
                                       const std::string& rootfs) {
  std::vector<EnginePlace> places;
  for (const auto& mount : table) {
    if (!is_within(mount.target, rootfs)) continue;
    const std::string inside = rest_of(mount.target, rootfs);
    for (size_t i = 0; i < files.size(); ++i) {
      const EngineFile& file = files[i];
      if (mount.device != file.device) continue;
      if (is_within(file.root, mount.root)) {
        const std::string path = inside + rest_of(file.root, mount.root);
        if (!path.empty()) places.push_back({path, mount.id, i, false});
      } else if (file.directory && is_within(mount.root, file.root) && !inside.empty()) {
        // Not for the rootfs itself: some engines keep root file systems in their own directory.
        places.push_back({inside, mount.id, i, true});
      }
    }
  }
  std::stable_partition(places.begin(), places.end(), [&](const EnginePlace& place) {
    return files[place.file].directory && !place.below;
  });
  return places;
}

}  // namespace rind::hook
