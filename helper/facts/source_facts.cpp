#include "helper/facts/source_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind {
namespace {

bool is_environment(int directory, const std::string& name) {
  struct stat st = {};
  return sys::try_lstat(directory, name + "/pyvenv.cfg", st) && S_ISREG(st.st_mode);
}

Fd open_if_allowed(const std::string& path) {
  try {
    return open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& e) {
    // Closed to the builder, and so to the front end.
    if (e.code() == EACCES) return {};
    throw;
  }
}

// Adds the environments in `path`; returns the names of the other directories in it.
std::vector<std::string> add_environments(const std::string& path,
                                          std::vector<std::string>& found) {
  std::vector<std::string> others;
  const Fd directory = open_if_allowed(path);
  if (!directory) return others;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (sys::entry_type(directory.get(), entry) != DT_DIR) return true;
    if (is_environment(directory.get(), name)) {
      found.push_back(path + "/" + name);
    } else {
      others.push_back(name);
    }
    return true;
  });
  return others;
}

}  // namespace

std::vector<std::string> environments_in_sources(const std::string& source) {
  std::vector<std::string> found;
  if (source.empty()) return found;
  for (const auto& name : add_environments(source, found)) {
    if (name[0] == '.' && name != ".git") add_environments(source + "/" + name, found);
  }
  return found;
}

}  // namespace rind
