#include "helper/facts/tool_settings_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"
#include "helper/step/tool_settings.h"

namespace rind {
namespace {

// True also for what cannot be read here: a link leads to another place at the next moment.
bool may_choose_program(const std::string& directory, const std::string& name) {
  constexpr size_t kMost = size_t{1} << 20;
  const std::string path = directory + "/" + name;
  struct stat st = {};
  if (!sys::try_lstat(path, st)) return false;
  const Fd file = sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return true;
  const struct stat opened = sys::stat_fd(file.get(), path);
  if (!S_ISREG(opened.st_mode) || static_cast<uint64_t>(opened.st_size) > kMost) return true;
  return chooses_program(name, sys::read_all(file.get(), kMost, path));
}

void add_copied_settings(std::vector<std::string>& found, const std::vector<std::string>& names,
                         const std::string& directory) {
  for (std::string at = directory; at.size() > 1; at = parent_of(at)) {
    for (const auto& name : names) {
      const std::string path = at + "/" + name;
      const bool known = std::find(found.begin(), found.end(), path) != found.end();
      if (!known && may_choose_program(at, name)) found.push_back(path);
    }
  }
}

}  // namespace

std::vector<std::string> settings_of_call(const std::vector<std::string>& command,
                                          const std::vector<std::string>& environment,
                                          const std::string& cwd) {
  std::vector<std::string> found;
  const std::vector<std::string> names = settings_of_tool(base_name(command[0]));
  if (names.empty()) return found;
  add_copied_settings(found, names, cwd);
  for (const auto& named : places_of_settings(command, environment)) {
    const PathFact fact = path_fact(named[0] == '/' ? named : cwd + "/" + named);
    if (fact.canonical.empty()) continue;
    if (fact.type == PathFact::Type::kDirectory) {
      add_copied_settings(found, names, fact.canonical);
    } else {
      found.push_back(fact.canonical);
    }
  }
  return found;
}

}  // namespace rind
