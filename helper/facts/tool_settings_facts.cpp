#include "helper/facts/tool_settings_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
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

}  // namespace

std::vector<std::string> settings_above(const std::string& program, const std::string& cwd) {
  std::vector<std::string> found;
  const std::vector<std::string> names = settings_of_tool(program);
  if (names.empty()) return found;
  for (std::string at = cwd; at.size() > 1; at = parent_of(at)) {
    for (const auto& name : names) {
      if (may_choose_program(at, name)) found.push_back(at + "/" + name);
    }
  }
  return found;
}

}  // namespace rind
