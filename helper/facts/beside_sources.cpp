#include "helper/facts/beside_sources.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "common/base/error.h"
#include "common/base/fd.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/gather.h"
#include "helper/step/distribution.h"
#include "helper/step/marks.h"
#include "helper/step/project_files.h"

namespace rind {
namespace {

// On a tmpfs before 6.6, for one, there are none.
bool has_attributes(int directory) {
  return ::fgetxattr(directory, kFilledMark, nullptr, 0) >= 0 || errno != EOPNOTSUPP;
}

enum class Filled { kNo, kMaybe, kBySteps };

// work: the directory around `directory`; both are open. path: of `directory`.
Filled filled(int work, int directory, const std::string& path) {
  const std::optional<FilledMark> mark = filled_mark(directory, path);
  if (!mark) return Filled::kNo;
  const std::string is = sys::attribute_of(work, mark->attribute.c_str(), parent_of(path));
  if (is == mark->value + kWasEmpty) return Filled::kMaybe;
  return is == mark->value ? Filled::kBySteps : Filled::kNo;
}

// Calls `use` with each directory beside `source`, until it returns false.
void for_each_beside(int work, const std::string& source,
                     const std::function<bool(const std::string& path, const Fd& opened)>& use) {
  const std::string top = parent_of(source);
  sys::for_each_entry(work, top, [&](const dirent& entry) {
    const std::string name = entry.d_name, path = top + "/" + name;
    if (name[0] == '.' || path == source || name.starts_with("rind-private-")) return true;
    if (sys::entry_type(work, entry) != DT_DIR) return true;
    const Fd opened = sys::open_if_any(work, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return !opened || use(path, opened);
  });
}

}  // namespace

std::optional<FilledMark> filled_mark(int directory, const std::string& name) {
  struct statx is = {};
  if (::statx(directory, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &is) != 0) {
    throw_errno("look at", name);
  }
  if ((is.stx_mask & STATX_BTIME) == 0) return std::nullopt;
  return FilledMark{
      kFilledMark + std::to_string(is.stx_ino),
      std::to_string(is.stx_btime.tv_sec) + "." + std::to_string(is.stx_btime.tv_nsec)};
}

bool has_own_work_directory(const std::string& source) {
  const std::string name = base_name(source);
  return base_name(parent_of(source)) == name && distribution_of(name).has_value();
}

std::vector<std::string> filled_beside(const std::string& source) {
  std::vector<std::string> found;
  const std::string work = parent_of(source);
  // The step may work on another tree there.
  const std::string named = work + "/" + base_name(work);
  const Fd directory = has_own_work_directory(named)
                           ? sys::open_if_any(AT_FDCWD, work, O_RDONLY | O_DIRECTORY)
                           : Fd();
  if (!directory) return found;
  for_each_beside(directory.get(), named, [&](const std::string& path, const Fd& opened) {
    if (filled(directory.get(), opened.get(), path) != Filled::kNo) found.push_back(path);
    return true;
  });
  return found;
}

std::string sources_beside(const std::string& directory) {
  const std::string work = parent_of(directory);
  std::string source = work + "/" + base_name(work);
  struct stat st = {};
  if (!has_own_work_directory(source) || source == directory) return {};
  if (!sys::try_lstat(source, st) || !S_ISDIR(st.st_mode)) return {};
  const Fd around = sys::open_if_any(AT_FDCWD, work, O_PATH | O_DIRECTORY);
  const Fd held = sys::open_if_any(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  const bool packages =
      around && held && filled(around.get(), held.get(), directory) != Filled::kNo;
  return packages ? source : std::string();
}

BesideSources look_beside(const std::string& source) {
  constexpr size_t kMost = 64;
  BesideSources found;
  if (source.empty() || !has_own_work_directory(source)) return found;
  const std::string work = parent_of(source);
  const Fd directory = sys::open_if_any(AT_FDCWD, work, O_RDONLY | O_DIRECTORY);
  if (!directory || !has_attributes(directory.get())) return found;
  if (!filled_mark(directory.get(), work)) return found;
  if (!sys::may_access(work, W_OK | X_OK, AT_EACCESS)) return found;
  found.work = work;
  for_each_beside(directory.get(), source, [&](const std::string& path, const Fd& opened) {
    struct stat st = {};
    const bool environment =
        is_environments_name(base_name(path)) || sys::try_stat(path + "/" + kEnvironmentFile, st);
    if (environment || !filled_mark(opened.get(), path)) return true;
    if (filled(directory.get(), opened.get(), path) == Filled::kBySteps ||
        sys::is_empty(opened.get(), path)) {
      found.directories.push_back(path);
    }
    return found.directories.size() < kMost;
  });
  return found;
}

}  // namespace rind
