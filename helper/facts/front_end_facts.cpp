// What the front end builds, by its own command line.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/proc.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/gather.h"
#include "helper/facts/paths.h"
#include "helper/step/marks.h"
#include "helper/step/project_files.h"

namespace rind {
namespace {

// Options whose value is an output or the name of a module, not a project.
bool takes_no_project(const std::string& option) {
  static constexpr const char* kOptions[] = {"-o",          "--outdir", "--out-dir", "-w",
                                             "--wheel-dir", "-d",       "--dest",    "-m"};
  return std::any_of(std::begin(kOptions), std::end(kOptions),
                     [&](const char* known) { return option == known; });
}

// Relative words start at the front end's working directory, which is often not that of this
// process.
std::string resolved(const std::string& word, const std::string& cwd) {
  const PathFact fact = path_fact(word[0] == '/' ? word : cwd + "/" + word);
  return fact.type == PathFact::Type::kDirectory ? fact.canonical : std::string();
}

// Shells have the variables that they export nowhere in /proc. A covered shell runs as its original
// in the kit.
bool is_shell(const std::string& executable, const kit::Manifest& manifest) {
  static constexpr const char* kShells[] = {"sh",  "bash", "dash", "ash",  "busybox", "zsh",
                                            "ksh", "mksh", "fish", "tcsh", "yash",    "toybox"};
  std::string path = executable;
  for (const auto& seam : manifest.seams) {
    if (seam.original == executable) path = seam.path;
  }
  std::string name = base_name(path);
  // ksh93, bash-5.2, zsh5
  name = name.substr(0, name.find_first_of("-0123456789."));
  return std::any_of(std::begin(kShells), std::end(kShells),
                     [&](const char* shell) { return name == shell; });
}

// The entries of an environment as the kernel keeps them, each with a NUL at its end. Nothing where
// one is no NAME=VALUE: programs that set their title (setproctitle(3)) write over that memory.
std::optional<std::set<std::string>> entries_of(const std::string& text) {
  std::set<std::string> entries;
  if (text.empty() || text.back() != '\0') return std::nullopt;
  for (const auto& entry : split(text.substr(0, text.size() - 1), '\0')) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    entries.insert(entry);
  }
  return entries;
}

// True for an error that says nothing about the process. /proc with hidepid=1 says EPERM of those
// of other users.
bool is_no_answer_about_process(int error) { return sys::is_no_answer(error) && error != EPERM; }

}  // namespace

bool looks_like_project(const std::string& directory) {
  const auto has_file = [&](const char* name) {
    struct stat st = {};
    // Follow links: workspaces share these files by links. This decides only what is lent.
    return sys::try_stat(directory + "/" + name, st) && S_ISREG(st.st_mode);
  };
  return std::any_of(std::begin(kProjectFiles), std::end(kProjectFiles), has_file) &&
         !has_file(kEnvironmentFile);
}

bool has_changed_words(const std::string& project) {
  const Fd directory = sys::open_if_any(AT_FDCWD, project, O_RDONLY | O_DIRECTORY);
  return directory && !sys::attribute_of(directory.get(), kChangedMark, project).empty();
}

namespace {

struct Directories {
  std::vector<std::string> named;  // on the command line
  std::string cwd;                 // "": the process cannot be read
};

Directories look_at_directories(pid_t front_end) {
  constexpr size_t kLongest = 1024 * 1024, kMostWords = 256;
  const std::string process = "/proc/" + std::to_string(front_end);
  try {
    Directories found;
    const std::string cwd = sys::read_link(AT_FDCWD, process + "/cwd");
    const Fd file = sys::open(AT_FDCWD, process + "/cmdline", O_RDONLY);
    const std::vector<std::string> words =
        split(sys::read_all(file.get(), kLongest, "the front end's command line"), '\0');
    for (size_t i = 1; i < std::min(words.size(), kMostWords); ++i) {
      if (words[i].empty() || words[i][0] == '-' || takes_no_project(words[i - 1])) continue;
      std::string directory = resolved(words[i], cwd);
      if (!directory.empty()) found.named.push_back(std::move(directory));
    }
    found.cwd = cwd;
    return found;
  } catch (const SysError& e) {
    if (is_no_answer_about_process(e.code())) throw;
    return {};  // the builder may not read its command line: nothing is known
  } catch (const Error&) {
    return {};  // /proc does not show it
  }
}

}  // namespace

std::vector<std::string> projects_of(pid_t front_end) {
  Directories found = look_at_directories(front_end);
  std::erase_if(found.named, [](const auto& path) { return !looks_like_project(path); });
  const bool at_cwd = found.named.empty() && !found.cwd.empty() && looks_like_project(found.cwd);
  if (at_cwd) found.named.push_back(found.cwd);
  return found.named;
}

std::vector<std::string> directories_of(pid_t front_end) {
  Directories found = look_at_directories(front_end);
  if (!found.cwd.empty()) found.named.push_back(found.cwd);
  return found.named;
}

std::optional<std::set<std::string>> environment_of_parent(const kit::Manifest& manifest) {
  constexpr size_t kLongest = 8 * 1024 * 1024;
  try {
    const pid_t parent = ::getppid();
    if (parent == 0) return std::nullopt;  // an engine started this process: podman exec
    // By a pidfd: /proc may belong to another pid namespace.
    const Fd pidfd = sys::pidfd_open(parent);
    if (::getppid() != parent) return std::nullopt;  // it ended, and the pid may be another's
    const std::string process = sys::proc_directory(pidfd.get());
    if (is_shell(sys::read_link(AT_FDCWD, process + "/exe"), manifest)) return std::nullopt;
    return entries_of(sys::read_file(process + "/environ", kLongest));
  } catch (const SysError& e) {
    if (is_no_answer_about_process(e.code())) throw;
    return std::nullopt;  // the builder may not read its environment: nothing is known
  } catch (const Error&) {
    return std::nullopt;  // /proc does not show it
  }
}

}  // namespace rind
