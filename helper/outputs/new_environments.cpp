#include "helper/outputs/new_environments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <functional>
#include <utility>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/facts/environment_bin.h"
#include "helper/facts/package_code.h"
#include "helper/facts/paths.h"
#include "helper/step/project_files.h"
#include "helper/step/python_command.h"
#include "helper/step/tool_settings.h"
#include "helper/supervisor/scratch.h"

namespace rind {
namespace {

// True for a link to a directory with environments in it.
bool holds_environments(const std::string& path) {
  // Other links are not followed: what lies there may be a file system that does not answer.
  if (base_name(path)[0] != '.') return false;
  const Fd directory = sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  bool found = false;
  if (!directory) return false;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    found = is_environment(path + "/" + name, path + "/" + name);
    return !found;
  });
  return found;
}

// True for a file that names an environment, as a link does: .venv (PEP 832), or the interpreter
// that a front end runs.
bool names_interpreter(const std::string& name) {
  return name == ".venv" || name == ".pdm-python" || name == ".python-version" ||
         name == ".python-versions";
}

// The text of a link, or of such a file, and where a link or .venv leads.
std::pair<std::string, std::string> link_at(const std::string& path) {
  struct stat st = {};
  std::string text, named = path;
  if (sys::try_lstat(path, st) && S_ISLNK(st.st_mode)) text = sys::read_link(AT_FDCWD, path);
  const Fd file = names_interpreter(base_name(path))
                      ? sys::open_if_any(AT_FDCWD, path, O_RDONLY | O_NONBLOCK)
                      : Fd();
  if (file && S_ISREG(sys::stat_fd(file.get(), path).st_mode)) {
    std::array<char, PATH_MAX> start;  // longer ones lead nowhere
    const ssize_t size = ::pread(file.get(), start.data(), start.size(), 0);
    if (size < 0) throw_errno("read", path);
    const std::string content(start.data(), static_cast<size_t>(size));
    text += "\n" + content;
    if (base_name(path) == ".venv") {
      const std::string line = content.substr(0, content.find_first_of(std::string("\r\n\0", 3)));
      named = line.starts_with('/') ? line : parent_of(path) + "/" + line;
    }
  }
  return {text, path_fact(named).canonical};
}

// True where such a file, whose text link_at told, certainly names no program.
bool has_versions_alone(const std::string& path, const std::string& text) {
  const std::string content = text.substr(text.find('\n') + 1);
  return base_name(path).starts_with(".python-version") && content.size() < PATH_MAX &&
         !chooses_program(base_name(path), content);
}

using Use = std::function<void(const std::string& path, bool link)>;

// Calls `use` with each entry that makes a directory beside the sources a package.
void for_each_start(const std::vector<std::string>& filled,
                    const std::function<void(int directory, const std::string& path,
                                             const std::string& name)>& use) {
  for (const auto& directory : filled) {
    const Fd opened = open_canonical(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    for (const auto& name : starts_of_package(opened.get(), base_name(directory))) {
      use(opened.get(), directory + "/" + name, name);
    }
  }
}

// Calls `use` with what in `top` may be or lead to an environment, and with that in the
// directories there whose names begin with a dot: .venv, .tox/py.
void for_each_place_in(const std::string& top, bool inner, const Use& use) {
  const Fd directory = sys::open_if_any(AT_FDCWD, top, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return;
  sys::for_each_entry(directory.get(), top, [&](const dirent& entry) {
    const std::string name = entry.d_name, path = top + "/" + name;
    const unsigned char type = sys::entry_type(directory.get(), entry);
    const bool link = type == DT_LNK || (type == DT_REG && names_interpreter(name));
    if (type != DT_DIR && !link) return true;
    use(path, link);
    if (!inner && type == DT_DIR && name[0] == '.' && name != ".git") {
      for_each_place_in(path, true, use);
    }
    return true;
  });
}

// The same for the sources and all directories beside them that steps filled, and for these
// themselves. interpreters: false for these alone.
void for_each_place(const std::string& source, const std::vector<std::string>& filled,
                    bool interpreters, const Use& use) {
  if (interpreters) for_each_place_in(source, false, use);
  for (const auto& path : filled) {
    use(path, false);
    if (interpreters) for_each_place_in(path, false, use);
  }
}

bool is_there(const std::string& path) {
  struct stat st = {};
  return sys::try_lstat(path, st);
}

bool has_interpreters(const kit::Manifest& manifest) {
  return std::any_of(manifest.seams.begin(), manifest.seams.end(), [](const kit::Seam& seam) {
    return seam.kind == kit::SeamKind::kInterpreter;
  });
}

// True for a link of the kind that installers make: to another name in the same directory, or to a
// path that no step writes. A later step could redirect any other.
bool is_plain_link(const std::string& target, const std::vector<std::string>& written) {
  if (target.find('/') == std::string::npos) return is_interpreters_name(target);
  return target[0] == '/' && !is_within_any(target, written);
}

void remove(const std::string& path) {
  const Fd parent = open_canonical(parent_of(path), O_PATH | O_DIRECTORY);
  remove_entry(parent.get(), base_name(path));
}

void add_line(std::vector<std::string>& lines, const std::string& removed, const std::string& why) {
  constexpr size_t kMost = 10;
  if (lines.size() > kMost) return;
  const bool last = lines.size() == kMost;
  lines.push_back(last ? "Rind removed more of such interpreters and links"
                       : printable("Rind removed " + removed + ", which the step made: " + why));
}

}  // namespace

NewEnvironments::NewEnvironments(const kit::Manifest& manifest, const Step& step,
                                 std::vector<std::string> known)
    : manifest_(manifest),
      interpreters_(has_interpreters(manifest)),
      source_(step.source),
      known_(std::move(known)) {
  if (source_.empty()) return;
  was_environment_ = is_there(source_ + "/" + kEnvironmentFile);
  const std::vector<std::string> filled = filled_beside(source_);
  std::vector<std::string> written = filled;
  written.push_back(source_);
  for_each_place(source_, filled, interpreters_, [&](const std::string& path, bool link) {
    if (link) {
      links_[path] = link_at(path);
      look_behind(path, written, known_);
    }
    // The front end has made it since steps filled the directory; it is read-only for this one.
    const bool beside = parent_of(path) == parent_of(source_);
    if (beside && sys::may_access(path + "/" + kEnvironmentFile, F_OK)) known_.push_back(path);
  });
  for_each_start(filled,
                 [&](int, const std::string& path, const std::string&) { known_.push_back(path); });
}

std::vector<std::string> NewEnvironments::disarm() {
  std::vector<std::string> found, lines;
  if (source_.empty() || std::exchange(done_, true)) return lines;
  // Front ends that are started in an environment run its interpreter.
  if (const std::string made = source_ + "/" + kEnvironmentFile;
      !was_environment_ && is_there(made)) {
    remove(made);
    add_line(lines, made, "front ends would take the sources for an environment");
  }
  const std::vector<std::string> filled = filled_beside(source_);
  std::vector<std::string> written = filled;
  written.push_back(source_);
  for_each_place(source_, filled, interpreters_, [&](const std::string& path, bool link) {
    const bool known = std::find(known_.begin(), known_.end(), path) != known_.end();
    if (known) return;
    const auto before = links_.find(path);
    if (link && before != links_.end() && before->second == link_at(path)) {
      return look_behind(path, written, found);
    }
    // What it names may become one in a later step.
    struct stat st = {};
    const bool names = link && names_interpreter(base_name(path)) && sys::try_stat(path, st) &&
                       S_ISREG(st.st_mode) && !has_versions_alone(path, link_at(path).first);
    if (!names && !is_environment(path, path) && !(link && holds_environments(path))) return;
    found.push_back(path);
  });
  for (const auto& environment : found) disarm(environment, written, lines);
  for_each_start(filled, [&](int directory, const std::string& path, const std::string& name) {
    if (std::find(known_.begin(), known_.end(), path) != known_.end()) return;
    remove_entry(directory, name);
    add_line(lines, path, "interpreters that are started in the work directory would import it");
  });
  return lines;
}

// Adds the environments that a link leads to, where steps write. What lies behind one that was
// there before the step may have become an environment.
void NewEnvironments::look_behind(const std::string& link, const std::vector<std::string>& written,
                                  std::vector<std::string>& found) const {
  const auto look = [&](const std::string& path) {
    const std::string target = path == link ? link_at(link).second : path_fact(path).canonical;
    const bool known = std::find(known_.begin(), known_.end(), target) != known_.end();
    if (known || !is_within_any(target, written) || !is_environment(path, target)) return;
    found.push_back(target);
  };
  look(link);
  const bool inside = is_within_any(path_fact(link).canonical, written);
  if (!inside || base_name(link)[0] != '.') return;
  const Fd directory = sys::open_if_any(AT_FDCWD, link, O_RDONLY | O_DIRECTORY);
  if (!directory) return;
  sys::for_each_entry(directory.get(), link, [&](const dirent& entry) {
    look(link + "/" + entry.d_name);
    return true;
  });
}

void NewEnvironments::disarm(const std::string& environment,
                             const std::vector<std::string>& written,
                             std::vector<std::string>& lines) const {
  if (parent_of(environment) == parent_of(source_)) {
    const std::string path = environment + "/" + kEnvironmentFile;
    const bool there = is_there(path);
    remove(path);
    if (there) add_line(lines, path, "beside the sources lie the front end's environments");
  }
  if (!interpreters_) return;
  const std::string bin = environment + "/bin";
  for (const auto& path : {environment, bin}) {
    struct stat st = {};
    if (!sys::try_lstat(path, st)) return;
    if (!S_ISLNK(st.st_mode) && (path == bin || !S_ISREG(st.st_mode))) continue;
    remove(path);
    add_line(lines, path,
             names_interpreter(base_name(path))
                 ? "front ends would run an interpreter that it leads to"
                 : "front ends would take the place that it leads to for an environment");
    return;
  }
  const Fd opened = open_bin(environment);
  if (!opened) return;
  const bool own = is_own_environment(manifest_.environments, environment);
  for (const auto& name : interpreters_in(opened, environment)) {
    const std::string path = bin + "/" + name;
    struct stat st = {};
    if (!sys::try_lstat(opened.get(), name, st) || S_ISDIR(st.st_mode)) continue;
    const bool plain =
        !S_ISLNK(st.st_mode) || is_plain_link(sys::read_link(opened.get(), name), written);
    if (!own && plain && is_images_interpreter(manifest_, environment, path, true)) continue;
    remove(path);
    add_line(lines, path,
             own ? "by seams.interpreter.environments it would be one of the image's"
                 : "it is not one of the image's interpreters, and front ends would run it outside "
                   "of steps");
  }
}

NewEnvironments::~NewEnvironments() {
  try {
    for (const auto& said : disarm()) say(said);
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
