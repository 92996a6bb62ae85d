#include "helper/guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "common/error.h"
#include "common/resolve.h"
#include "common/sys.h"
#include "common/text.h"
#include "helper/gather_interpreter.h"
#include "helper/look.h"
#include "helper/say.h"

namespace rind {
namespace {

constexpr const char* kWhat = "trust the build environment";

bool has_interpreters(const kit::Manifest& manifest) {
  return std::any_of(manifest.seams.begin(), manifest.seams.end(),
                     [](const auto& seam) { return seam.kind == kit::SeamKind::kInterpreter; });
}

// By its pyvenv.cfg an environment is told from the image's own interpreter. Without it the front
// end's next call through it (of a script in its bin, say) would be taken for the front end's own.
bool is_marked(const std::string& environment) {
  struct stat st = {};
  return ::lstat((environment + "/pyvenv.cfg").c_str(), &st) == 0 && S_ISREG(st.st_mode);
}

// The environment's bin, which a package may have made a link: then nothing.
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

std::map<std::string, std::string> links_in(const Fd& bin, const std::string& environment) {
  std::map<std::string, std::string> links;
  for (const auto& name : interpreters_in(bin, environment)) {
    struct stat st = {};
    if (::fstatat(bin.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISLNK(st.st_mode)) links.emplace(name, sys::read_link(bin.get(), name));
  }
  return links;
}

// strict: an interpreter that no seam covers is none.
bool is_own(const kit::Manifest& manifest, const std::string& environment, const std::string& path,
            bool strict) {
  const PathFact fact = path_fact(path);
  for (const auto& seam : manifest.seams) {
    if (seam.kind == kit::SeamKind::kInterpreter && seam.path == fact.canonical) return true;
  }
  if (fact.type != PathFact::Type::kFile) return false;
  if (is_within(fact.canonical, environment)) return is_copy_of_helper(fact.canonical);
  return !strict && is_interpreters_name(base_name(fact.canonical));
}

}  // namespace

bool is_interpreters_name(const std::string& name) {
  const size_t letters = name.starts_with("python") ? 6 : name.starts_with("pypy") ? 4 : 0;
  return letters != 0 && name.find_first_not_of("0123456789.t", letters) == std::string::npos;
}

void require_own_interpreters(const kit::Manifest& manifest, const std::string& environment) {
  if (environment.empty() || !has_interpreters(manifest)) return;
  const Fd bin = open_bin(environment);
  if (!bin) return;  // there is no program in it to be called
  for (const auto& name : interpreters_in(bin, environment)) {
    const std::string path = environment + "/bin/" + name;
    if (is_own(manifest, environment, path, false)) continue;
    throw Error(kWhat, path + " is no interpreter of the image's",
                "find the build dependency that ships it, and build without it");
  }
}

InstallGuard::InstallGuard(const kit::Manifest& manifest, const Step& step)
    : manifest_(manifest),
      environment_(step.kind == Step::Kind::kInstall ? step.build_environment : std::string()),
      marked_(!environment_.empty() && is_marked(environment_)) {
  if (environment_.empty()) return;
  const Fd bin = open_bin(environment_);
  if (bin) links_ = links_in(bin, environment_);
}

InstallGuard::~InstallGuard() {
  try {
    check();
  } catch (const Error& e) {
    // check() has said it already, or something else went wrong first.
    say(e.what());
  }
}

void InstallGuard::check() const {
  if (environment_.empty()) return;
  const std::string& environment = environment_;
  const Fd bin = open_bin(environment);
  const bool unmarked = marked_ && !is_marked(environment);
  std::string taken;
  if (!bin) {
    // A bin that leads elsewhere: whatever lies there is not to be found by it.
    const Fd top = open_canonical(environment, O_PATH | O_DIRECTORY);
    if (::unlinkat(top.get(), "bin", 0) != 0 && errno != ENOENT)
      throw_errno("remove bin of", environment);
    taken = environment + "/bin";
  } else {
    const auto links = links_in(bin, environment);
    for (const auto& name : interpreters_in(bin, environment)) {
      const std::string path = environment + "/bin/" + name;
      // A new link may lead to the same by way of what a later step may write.
      const auto link = links.find(name), before = links_.find(name);
      const bool same_link =
          link == links.end() || (before != links_.end() && before->second == link->second);
      if (!unmarked && same_link && is_own(manifest_, environment, path, true)) continue;
      if (::unlinkat(bin.get(), name.c_str(), 0) != 0 && errno != EISDIR)
        throw_errno("remove", path);
      taken = path;
    }
  }
  if (unmarked) {
    throw Error(
        kWhat,
        environment + "/pyvenv.cfg was taken away in the install: its python has been removed",
        "find the build dependency that does this, and build without it");
  }
  if (taken.empty()) return;
  throw Error(kWhat, taken + " was replaced in the install, and has been removed",
              "find the build dependency that does this, and build without it");
}

void require_no_shadow(const CallFacts& facts, const std::vector<std::string>& tools) {
  if (facts.virtual_env.empty() || facts.front_ends_env) return;
  for (const auto& tool : tools) {
    const std::string path = facts.virtual_env + "/bin/" + tool;
    struct stat st = {};
    if (::lstat(path.c_str(), &st) != 0) continue;  // not there, or not for us to be found
    throw Error(kWhat, path + " would be run by the front end as its own " + tool,
                "find the build dependency that ships it; if it is meant to be there, take \"" +
                    tool + "\" out of guard.tools for this package (packages in the policy)");
  }
}

}  // namespace rind
