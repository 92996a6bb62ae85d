#include "helper/facts/home_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "common/base/fd.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/kit/manifest.h"
#include "helper/step/told_paths.h"

namespace rind {
namespace {

constexpr size_t kMostEntries = 256;

// What front ends and shells leave there.
bool is_by_the_way(const std::string& name) {
  constexpr std::array<std::string_view, 6> kNames = {".cache",     ".local",   ".config",
                                                      ".wget-hsts", ".viminfo", ".lesshst"};
  return name.ends_with("_history") ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_later(const timespec& one, const timespec& other) {
  return one.tv_sec != other.tv_sec ? one.tv_sec > other.tv_sec : one.tv_nsec > other.tv_nsec;
}

void add_written(const std::string& directory, bool hidden_names, const timespec& start,
                 std::vector<std::string>& found) {
  const Fd opened = sys::open_if_any(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return;
  size_t left = kMostEntries;
  sys::for_each_entry(opened.get(), directory, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    const bool settings = !hidden_names || name[0] == '.';
    struct stat st = {};
    if (settings && !is_by_the_way(name) && !is_credentials_name(name) &&
        sys::try_lstat(opened.get(), name, st) && is_later(st.st_ctim, start)) {
      found.push_back(directory + "/" + name);
    }
    return --left > 0;
  });
}

}  // namespace

std::vector<std::string> written_to_home(const std::string& home) {
  std::vector<std::string> found;
  struct stat kit = {};
  // The hook wrote it when the container started.
  if (home.empty() || !sys::try_stat(kit::kManifest, kit)) return found;
  add_written(home, true, kit.st_mtim, found);
  add_written(home + "/.config", false, kit.st_mtim, found);
  return found;
}

}  // namespace rind
