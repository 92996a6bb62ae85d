#include "hook/records/prune.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <set>
#include <vector>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/mountinfo.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/records/selection.h"
#include "hook/records/times.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "remove old records";
constexpr size_t kMountInfoLimit = 64 * 1024 * 1024;

// True for the first process of a mount namespace. A process with more rights than this one does
// not tell its namespace; then its table is read once more.
bool is_first_of_namespace(const std::string& process, std::set<std::string>& seen) {
  try {
    return seen.insert(sys::read_link(AT_FDCWD, process + "/ns/mnt")).second;
  } catch (const SysError& e) {
    if (e.code() == EACCES || e.code() == EPERM) return true;
    throw;
  }
}

// The names of files that are mounted somewhere: in the mount namespace of any process. Throws
// SysError where a process does not tell its mounts: a file of its could be in use.
std::set<std::string> mounted_files() {
  std::set<std::string> names, seen;
  const Fd proc = sys::open(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY);
  sys::for_each_entry(proc.get(), "/proc", [&](const dirent& entry) {
    if (!is_digit(entry.d_name[0])) return true;
    const std::string process = "/proc/" + std::string(entry.d_name);
    try {
      if (!is_first_of_namespace(process, seen)) return true;
      const auto mounts = parse_mountinfo(sys::read_file(process + "/mountinfo", kMountInfoLimit));
      for (const auto& mount : mounts) {
        if (mount.root.ends_with(".jsonl")) names.insert(base_name(mount.root));
      }
    } catch (const SysError& e) {
      // It has ended meanwhile.
      if (e.code() != ENOENT && e.code() != ESRCH && e.code() != EINVAL) throw;
    }
    return true;
  });
  return names;
}

struct File {
  std::string name;
  int64_t changed = 0;  // milliseconds since 1970
  uint64_t size = 0;
};

std::vector<File> files_in(int directory, const std::string& path) {
  std::vector<File> files;
  sys::for_each_entry(directory, path, [&](const dirent& entry) {
    struct stat st = {};
    if (!std::string_view(entry.d_name).ends_with(".jsonl")) return true;
    if (!sys::try_lstat(directory, entry.d_name, st)) return true;
    if (!S_ISREG(st.st_mode)) return true;
    files.push_back(
        {entry.d_name,
         static_cast<int64_t>(st.st_mtim.tv_sec) * 1000 + st.st_mtim.tv_nsec / 1'000'000,
         static_cast<uint64_t>(st.st_size)});
    return true;
  });
  std::sort(files.begin(), files.end(),
            [](const File& one, const File& other) { return one.changed < other.changed; });
  return files;
}

template <typename T>
std::optional<T> asked_value(const std::string& option, const std::string& text,
                             std::optional<T> (*parse)(const std::string&), const char* example) {
  if (text.empty()) return std::nullopt;
  const auto value = parse(text);
  if (!value) throw Error(kWhat, option + " " + text + " is not valid", example);
  return value;
}

void prune_directory(const std::string& path, std::optional<int64_t> before,
                     std::optional<uint64_t> most, bool dry_run) {
  const Fd directory = open_canonical(path, O_RDONLY | O_DIRECTORY);
  if (::flock(directory.get(), LOCK_EX) != 0) throw_errno("lock", path);
  const std::vector<File> files = files_in(directory.get(), path);
  const std::set<std::string> mounted = mounted_files();
  uint64_t total = 0;
  for (const auto& file : files) total += file.size;
  for (const auto& file : files) {
    const bool old = before && file.changed < *before, above = most && total > *most;
    if ((!old && !above) || mounted.contains(file.name)) continue;
    if (!dry_run && ::unlinkat(directory.get(), file.name.c_str(), 0) != 0) {
      throw_errno("remove", path + "/" + file.name);
    }
    total -= file.size;
    print((dry_run ? "would remove " : "removed ") + printable(path + "/" + file.name) + " (" +
          size_text(file.size) + ", last line " + time_text(file.changed) + ")\n");
  }
}

}  // namespace

int prune(const PolicyFiles& policy, const PruneAsked& asked) {
  const auto age = asked_value<int64_t>("--older-than", asked.older_than, parse_duration,
                                        "write a duration, as 90d, 12h or 2w");
  const auto most = asked_value<uint64_t>("--larger-than", asked.larger_than, parse_size,
                                          "write a size, as 500M or 5G");
  if (!age && !most) {
    throw Error(kWhat, "nothing says which", "add --older-than 90d, or --larger-than 5G, or both");
  }
  std::optional<int64_t> before;
  if (age) before = static_cast<int64_t>(std::time(nullptr)) * 1000 - *age;
  const std::vector<std::string> directories = record_directories(policy);
  if (directories.empty()) {
    throw Error(kWhat, "the policy keeps no records on this host",
                "set record.place to \"host\" in the policy");
  }
  for (const auto& directory : directories) {
    prune_directory(directory, before, most, asked.dry_run);
  }
  return 0;
}

}  // namespace rind::hook
