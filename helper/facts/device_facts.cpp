#include "helper/facts/device_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/kit/manifest.h"

namespace rind {
namespace {

// Of the step's own, or the kit's.
bool is_special(const std::string& name) {
  static const std::string kNames[] = {"pts",   "shm",    "mqueue", "hugepages", "fd",
                                       "stdin", "stdout", "stderr", "ptmx",      kit::kName};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

void add(std::vector<DeviceFact>& found, int at, const std::string& path, const std::string& name) {
  const bool known = std::any_of(found.begin(), found.end(),
                                 [&](const DeviceFact& fact) { return fact.name == name; });
  struct stat st = {};
  if (known || !sys::try_lstat(at, path, st)) return;
  if (S_ISDIR(st.st_mode)) return;
  DeviceFact fact = {name, DeviceFact::Type::kOther, {}, st.st_mode & 0777U, st.st_uid, st.st_gid};
  if (S_ISCHR(st.st_mode)) fact.type = DeviceFact::Type::kCharacter;
  if (S_ISLNK(st.st_mode)) {
    fact.type = DeviceFact::Type::kLink;
    fact.target = sys::read_link(at, path);
  }
  found.push_back(std::move(fact));
}

// directory: relative to /dev, with a '/' at its end; "" for /dev. left: how deep it is followed.
void list(std::vector<DeviceFact>& found, const std::string& directory, int left) {
  constexpr size_t kMost = 4096;
  std::vector<std::string> below;
  try {
    const Fd at = sys::open(AT_FDCWD, "/dev/" + directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    sys::for_each_entry(at.get(), "/dev/" + directory, [&](const dirent& entry) {
      if (directory.empty() && is_special(entry.d_name)) return true;
      if (entry.d_type == DT_DIR) below.push_back(directory + entry.d_name + "/");
      if (entry.d_type != DT_DIR) add(found, at.get(), entry.d_name, directory + entry.d_name);
      return found.size() < kMost;
    });
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return;  // the builder may not list it, or it has just gone
  }
  for (const auto& name : below) {
    if (left > 0) list(found, name, left - 1);
  }
}

}  // namespace

std::vector<DeviceFact> device_facts(const std::vector<std::string>& wanted) {
  constexpr int kDeepest = 2;
  std::vector<DeviceFact> found;
  const Fd dev = sys::open(AT_FDCWD, "/dev", O_PATH | O_DIRECTORY);
  for (const auto& name : wanted) {
    if (!has_wildcard(name)) add(found, dev.get(), name, name);
  }
  list(found, "", kDeepest);
  std::sort(found.begin(), found.end(),
            [](const DeviceFact& a, const DeviceFact& b) { return a.name < b.name; });
  return found;
}

}  // namespace rind
