#include "helper/facts/environment_bin.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/paths.h"
#include "helper/step/project_files.h"

namespace rind {

bool is_interpreters_name(const std::string& name) {
  const size_t letters = name.starts_with("python") ? 6 : name.starts_with("pypy") ? 4 : 0;
  return letters != 0 && name.find_first_not_of("0123456789.t", letters) == std::string::npos;
}

bool is_environment(const std::string& place, const std::string& path) {
  if (sys::may_access(path + "/" + kEnvironmentFile, F_OK)) return true;
  if (!is_projects_environment(place)) return false;
  const Fd bin = sys::open_if_any(AT_FDCWD, path + "/bin", O_RDONLY | O_DIRECTORY);
  return bin && !interpreters_in(bin, path).empty();
}

Fd open_bin(const std::string& environment) {
  const Fd top = open_canonical(environment, O_PATH | O_DIRECTORY);
  try {
    return sys::open(top.get(), "bin", O_PATH | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != ELOOP) throw;
    return {};
  }
}

std::vector<std::string> interpreters_in(const Fd& bin, const std::string& environment) {
  std::vector<std::string> names;
  sys::for_each_entry(bin.get(), environment + "/bin", [&](const dirent& entry) {
    if (is_interpreters_name(entry.d_name)) names.emplace_back(entry.d_name);
    return true;
  });
  return names;
}

bool is_images_interpreter(const kit::Manifest& manifest, const std::string& environment,
                           const std::string& path, bool strict) {
  const PathFact fact = path_fact(path);
  for (const auto& seam : manifest.seams) {
    if (seam.kind == kit::SeamKind::kInterpreter && seam.path == fact.canonical) return true;
  }
  if (fact.type != PathFact::Type::kFile) return false;
  if (is_within(fact.canonical, environment)) return is_copy_of_helper(fact.canonical);
  return !strict && is_interpreters_name(base_name(fact.canonical));
}

}  // namespace rind
