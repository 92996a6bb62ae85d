#include "helper/supervisor/install_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string_view>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/paths.h"
#include "helper/supervisor/readable.h"

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

// The environment's bin as a search by PATH goes through it; none where there is nothing to search.
Fd open_searched_bin(const std::string& environment) {
  try {
    return sys::open(AT_FDCWD, environment + "/bin", O_PATH | O_DIRECTORY);
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != ELOOP && e.code() != EACCES) throw;
    return {};
  }
}

// Build dependencies bring this one for themselves: poetry and hatch require it.
constexpr const char* kPackagesTool = "keyring";

// The interpreter of a script as installers write it: `#!PYTHON`, or, where that line would be too
// long for the kernel, the same by sh.
std::string interpreter_of_script(const std::string& head) {
  const size_t end = head.find('\n');
  if (end == std::string::npos || !head.starts_with("#!")) return {};
  const std::string first = head.substr(2, end - 2);
  if (first != "/bin/sh") return first;
  constexpr std::string_view kExec = "'''exec' ", kArguments = " \"$0\" \"$@\"";
  const std::string second = head.substr(end + 1, head.find('\n', end + 1) - end - 1);
  if (!second.starts_with(kExec) || !second.ends_with(kArguments)) return {};
  std::string program = second.substr(kExec.size());
  program.resize(program.size() - kArguments.size());
  const bool quoted = program.size() > 2 && (program.front() == '\'' || program.front() == '"') &&
                      program.front() == program.back();
  return quoted ? program.substr(1, program.size() - 2) : program;
}

// True for a script of the environment's own interpreter that a seam covers: whoever calls it has
// made a step.
bool is_run_as_step(const kit::Manifest& manifest, const std::string& environment, const Fd& bin,
                    const std::string& name) {
  constexpr size_t kHead = 8192;
  std::string head(kHead, '\0');
  try {
    const Fd file = sys::open(bin.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!S_ISREG(sys::stat_fd(file.get(), name).st_mode)) return false;
    const ssize_t n = ::pread(file.get(), head.data(), head.size(), 0);
    head.resize(n < 0 ? 0 : static_cast<size_t>(n));
  } catch (const SysError&) {
    return false;  // a link, or unreadable: not what an installer writes
  }
  // Spelled as it is: a step could turn a link on another way there.
  const std::string python = interpreter_of_script(head);
  return python.starts_with(environment + "/bin/") &&
         is_interpreters_name(python.substr(environment.size() + 5)) &&
         is_own(manifest, environment, python, true);
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

InstallGuard::InstallGuard(const kit::Manifest& manifest, const Step& step, const Plan& plan)
    : manifest_(manifest),
      plan_(plan),
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
  require_same_interpreters();
  make_readable_again(plan_);
}

void InstallGuard::require_same_interpreters() const {
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

void require_no_shadow(const kit::Manifest& manifest, const CallFacts& facts,
                       const std::vector<std::string>& tools) {
  if (facts.virtual_env.empty() || facts.front_ends_env) return;
  const std::string& environment = facts.virtual_env;
  const Fd bin = open_searched_bin(environment);
  if (!bin) return;
  sys::for_each_entry(bin.get(), environment + "/bin", [&](const dirent& entry) {
    const std::string name = entry.d_name;
    const auto tool = std::find_if(tools.begin(), tools.end(), [&](const std::string& pattern) {
      return glob_match(pattern, name);
    });
    if (tool == tools.end()) return true;
    const std::string path = environment + "/bin/" + name;
    if (name == kPackagesTool && is_run_as_step(manifest, environment, bin, name)) return true;
    throw Error(kWhat, path + " would be run by the front end as its own " + name,
                "find the build dependency that ships it; if it is meant to be there, take \"" +
                    *tool + "\" out of guard.tools for this package (packages in the policy)");
  });
}

}  // namespace rind
