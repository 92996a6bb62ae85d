#include "helper/facts/paths.h"

#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <unordered_map>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/text.h"

namespace rind {

std::string working_directory() {
  char buffer[PATH_MAX];
  if (::syscall(SYS_getcwd, buffer, sizeof buffer) < 0) throw_errno("get the working directory");
  // The kernel prefixes "(unreachable)" when the directory is outside of our root (CVE-2024-21626).
  if (buffer[0] != '/')
    throw Error("get the working directory", "it is outside of this process's root directory",
                "start the call in a directory of the container");
  return buffer;
}

namespace {

struct Known {
  // kAbsent: nothing is below it. kOther: a link leads to it, or nothing is known.
  enum class Directory { kCanonical, kAbsent, kOther };
  std::unordered_map<std::string, Directory> directories;
  std::unordered_map<std::string, PathFact> facts;
  std::unordered_map<dev_t, uint64_t> tmpfs_bytes;  // by file system; 0 for others
};
Known* known_paths = nullptr;  // of the KnownDirectories that lives

// Absolute, and written as the kernel would print it, but for links.
bool is_normal(const std::string& path) {
  if (path.size() < 2 || path[0] != '/' || path.back() == '/') return false;
  for (const char* part : {"//", "/./", "/../"}) {
    if (path.find(part) != std::string::npos) return false;
  }
  return !path.ends_with("/.") && !path.ends_with("/..") && path.find('\0') == std::string::npos;
}

// path: normal, or "/".
Known::Directory look_at_directory(const std::string& path) {
  using Directory = Known::Directory;
  if (path == "/") return Directory::kCanonical;
  const auto found = known_paths->directories.find(path);
  if (found != known_paths->directories.end()) return found->second;
  Directory seen = look_at_directory(parent_of(path));
  if (seen == Directory::kCanonical) {
    struct stat st = {};
    if (!sys::try_lstat(path, st)) {
      seen = Directory::kAbsent;
    } else if (!S_ISDIR(st.st_mode)) {
      seen = Directory::kOther;
    }
  }
  known_paths->directories.emplace(path, seen);
  return seen;
}

uint64_t tmpfs_bytes_at(const std::string& path, dev_t device) {
  if (known_paths != nullptr) {
    const auto found = known_paths->tmpfs_bytes.find(device);
    if (found != known_paths->tmpfs_bytes.end()) return found->second;
  }
  struct statfs fs = {};
  uint64_t bytes = 0;
  if (::statfs(path.c_str(), &fs) == 0 && fs.f_type == TMPFS_MAGIC) {
    bytes = static_cast<uint64_t>(fs.f_blocks) * static_cast<uint64_t>(fs.f_bsize);
  }
  if (known_paths != nullptr) known_paths->tmpfs_bytes.emplace(device, bytes);
  return bytes;
}

PathFact fact_of(const std::string& canonical, const struct stat& st) {
  PathFact fact;
  fact.canonical = canonical;
  fact.mode = st.st_mode & 07777U;
  fact.type = S_ISDIR(st.st_mode)   ? PathFact::Type::kDirectory
              : S_ISREG(st.st_mode) ? PathFact::Type::kFile
                                    : PathFact::Type::kOther;
  if (S_ISDIR(st.st_mode)) fact.tmpfs_bytes = tmpfs_bytes_at(canonical, st.st_dev);
  return fact;
}

}  // namespace

KnownDirectories::KnownDirectories() { known_paths = new Known; }

KnownDirectories::~KnownDirectories() {
  delete known_paths;
  known_paths = nullptr;
}

namespace {

PathFact look_at_path(const std::string& path) {
  struct stat st = {};
  // Most of the policy's paths are absent. realpath(3) makes a call for each component.
  if (!sys::try_stat(path, st)) return {};
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), &::free);
  if (!resolved && sys::is_no_answer(errno)) throw_errno("look at", path);
  if (!resolved || !sys::try_stat(resolved.get(), st)) return {};
  return fact_of(resolved.get(), st);
}

// path: normal.
PathFact look_through_known(const std::string& path) {
  const Known::Directory above = look_at_directory(parent_of(path));
  if (above == Known::Directory::kAbsent) return {};
  struct stat st = {};
  if (above == Known::Directory::kOther) return look_at_path(path);
  if (!sys::try_lstat(path, st)) return {};
  return S_ISLNK(st.st_mode) ? look_at_path(path) : fact_of(path, st);
}

}  // namespace

PathFact path_fact(const std::string& path) {
  if (known_paths == nullptr || !is_normal(path)) return look_at_path(path);
  const auto found = known_paths->facts.find(path);
  if (found != known_paths->facts.end()) return found->second;
  PathFact fact = look_through_known(path);
  if (fact.type == PathFact::Type::kAbsent) {
    known_paths->directories.emplace(path, Known::Directory::kAbsent);
  } else if (fact.type == PathFact::Type::kDirectory && fact.canonical == path) {
    known_paths->directories.emplace(path, Known::Directory::kCanonical);
  }
  known_paths->facts.emplace(path, fact);
  return fact;
}

}  // namespace rind
