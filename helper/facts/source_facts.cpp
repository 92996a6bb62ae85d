#include "helper/facts/source_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/environment_bin.h"
#include "helper/facts/paths.h"

namespace rind {
namespace {

Fd open_if_allowed(const std::string& path) {
  try {
    return open_canonical(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& e) {
    // Closed to the builder, and so to the front end.
    if (e.code() == EACCES) return {};
    throw;
  }
}

using Use = std::function<void(const std::string& place, const std::string& path)>;

// Calls `use` with the directories in `path`, which front ends see as `place`. A link counts where
// it leads to one in the sources that could be an environment without it: others may lie in what a
// build makes anew.
void for_each_directory(const std::string& place, const std::string& path,
                        const std::string& source, const Use& use) {
  const Fd directory = open_if_allowed(path);
  if (!directory) return;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    const unsigned char type = sys::entry_type(directory.get(), entry);
    if (type == DT_DIR) use(place + "/" + name, path + "/" + name);
    if (type != DT_LNK) return true;
    const PathFact target = path_fact(path + "/" + name);
    const std::string above = parent_of(target.canonical);
    const bool near = above == source || parent_of(above) == source;
    if (near && target.type == PathFact::Type::kDirectory) {
      use(place + "/" + name, target.canonical);
    }
    return true;
  });
}

}  // namespace

std::vector<std::string> environments_in_sources(const std::string& source) {
  std::vector<std::string> found;
  if (source.empty()) return found;
  const auto add = [&](const std::string& place, const std::string& path) {
    const bool environment = is_environment(place, path);
    const bool known = std::find(found.begin(), found.end(), path) != found.end();
    if (environment && !known) found.push_back(path);
    return environment;
  };
  for_each_directory(source, source, source,
                     [&](const std::string& place, const std::string& path) {
                       const std::string name = base_name(place);
                       if (add(place, path) || name[0] != '.' || name == ".git") return;
                       for_each_directory(place, path, source, add);
                     });
  return found;
}

}  // namespace rind
