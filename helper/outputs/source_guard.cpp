#include "helper/outputs/source_guard.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"
#include "common/base/held.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/gather.h"
#include "helper/facts/package_code.h"
#include "helper/step/marks.h"
#include "helper/supervisor/scratch.h"

namespace rind {
namespace {

constexpr const char* kOpenedByFrontEnds[] = {"PKG-INFO", "pyproject.toml", "setup.py",
                                              "setup.cfg"};

// Opens the directory of `path` below `top`; nothing when a component is not a directory.
Fd directory_of(const Fd& top, const std::string& path) {
  const size_t slash = path.rfind('/');
  try {
    return sys::open2(top.get(), slash == std::string::npos ? "." : path.substr(0, slash),
                      O_PATH | O_DIRECTORY, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return {};
  }
}

// The kind of a file that could mislead a front end: "a link to TARGET", "a fifo", "a socket"; ""
// for all others.
std::string kind_of(const Fd& directory, const std::string& name) {
  struct stat st = {};
  if (!directory || !sys::try_lstat(directory.get(), name, st)) {
    return {};
  }
  if (S_ISLNK(st.st_mode)) return "a link to " + sys::read_link(directory.get(), name);
  if (S_ISFIFO(st.st_mode)) return "a fifo";
  return S_ISSOCK(st.st_mode) ? "a socket" : "";
}

// True when `path` leads to a regular file inside `top`. A missing target is inside when the whole
// way to it is.
bool stays_inside(const Fd& top, const std::string& path) {
  try {
    // O_PATH does not wait for a fifo.
    const Fd target = sys::open2(top.get(), path, O_PATH, RESOLVE_BENEATH);
    return S_ISREG(sys::stat_fd(target.get(), path).st_mode);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return e.code() == ENOENT;
  }
}

// Of a file of any size that a front end can use; nothing for others.
std::optional<std::string> text_of(const std::string& path) {
  constexpr size_t kMost = size_t{1} << 20;
  struct stat st = {};
  if (!sys::try_stat(path, st) || !S_ISREG(st.st_mode)) return std::nullopt;
  if (static_cast<uint64_t>(st.st_size) > kMost) return std::nullopt;
  try {
    return sys::read_file(path, kMost);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return std::nullopt;  // closed to the builder, and so to the front end
  }
}

// The directory of `path` below `top` for its attributes; nothing where a step has put a link on
// the way, or closed it.
Fd open_directory(const Fd& top, const std::string& path) {
  const Fd directory = directory_of(top, path);
  return directory ? sys::open_if_any(directory.get(), ".", O_RDONLY | O_DIRECTORY) : Fd();
}

// Of a PKG-INFO what can be put back. A link leads to what the builder may read, and a package may
// not: of that, and of a file that is too large, it is the name alone.
std::optional<std::string> pkg_info_in(const Fd& directory, const std::string& place) {
  constexpr size_t kMost = size_t{1} << 20;
  struct stat st = {};
  const std::string path = place + "/PKG-INFO";
  if (!directory || !sys::try_stat(path, st) || !S_ISREG(st.st_mode)) return std::nullopt;
  const Fd file = sys::open_if_any(directory.get(), "PKG-INFO", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return "";
  const struct stat opened = sys::stat_fd(file.get(), path);
  if (!S_ISREG(opened.st_mode) || static_cast<uint64_t>(opened.st_size) > kMost) return "";
  return sys::read_all(file.get(), kMost, path);
}

bool is_marked(int directory, const std::string& path) {
  return !sys::attribute_of(directory, kChangedMark, path).empty();
}

}  // namespace

SourceGuard::SourceGuard(const Plan& plan, const Step& step) : source_(step.source) {
  if (source_.empty()) return;
  std::vector<std::string> directories = {""};
  // With a build_dir, front ends read these files there, too.
  if (is_within(plan.cwd, source_) && plan.cwd != source_) {
    directories.push_back(plan.cwd.substr(source_.size() + 1) + "/");
  }
  for (const auto& path : import_directories_of_callers()) {
    const bool packages = is_within(path, source_) || is_within_any(path, step.beside);
    if (packages) modules_[path] = replaced_modules_in(path);
  }
  const Fd top = open_canonical(source_, O_PATH | O_DIRECTORY);
  for (const auto& directory : directories) {
    const std::string place = source_ + "/" + directory;
    if (const Fd opened = open_directory(top, directory + "PKG-INFO")) {
      words_[directory] = {text_of(place + "pyproject.toml"), is_marked(opened.get(), place),
                           looks_like_project(place), pkg_info_in(opened, place)};
    }
    for (const char* name : kOpenedByFrontEnds) {
      const std::string path = directory + name;
      was_[path] = {kind_of(directory_of(top, path), name), stays_inside(top, path)};
    }
  }
}

void SourceGuard::mark_changed(const Fd& top) const {
  for (const auto& [directory, was] : words_) {
    const std::string place = source_ + "/" + directory;
    const Fd opened = open_directory(top, directory + "PKG-INFO");
    if (!opened || is_marked(opened.get(), place)) continue;
    const bool changed = text_of(place + "pyproject.toml") != was.text ||
                         (was.project && !looks_like_project(place));
    if (was.marked || changed) sys::set_attribute(opened.get(), kChangedMark, "1", place);
  }
}

// Without it, a call of the front end's in these sources would not be known to run a package's code
// (helper/facts/package_code.h).
void SourceGuard::put_pkg_info_back(const Fd& top) const {
  for (const auto& [directory, was] : words_) {
    struct stat st = {};
    const std::string path = source_ + "/" + directory + "PKG-INFO";
    const bool there = sys::try_stat(path, st) && S_ISREG(st.st_mode);
    const Fd opened = directory_of(top, directory + "PKG-INFO");
    if (!was.pkg_info || there || !opened) continue;
    remove_entry(opened.get(), "PKG-INFO");
    constexpr mode_t kMode = 0644;
    sys::make_file(opened.get(), "PKG-INFO", *was.pkg_info, kMode);
    say(printable("Rind put back " + path +
                  ", which the step removed: it tells that the sources are a package's"));
  }
}

// Returns the path of one of them; "" when there was none.
std::string SourceGuard::remove_modules() const {
  std::string found;
  for (const auto& [path, before] : modules_) {
    for (const auto& name : replaced_modules_in(path)) {
      if (before.contains(name)) continue;
      const Fd directory = open_canonical(path, O_PATH | O_DIRECTORY);
      remove_entry(directory.get(), name);
      found = path + "/" + name;
    }
  }
  return found;
}

void SourceGuard::check() {
  checked_ = true;
  if (source_.empty()) return;
  const Fd top = open_canonical(source_, O_PATH | O_DIRECTORY);
  mark_changed(top);
  std::string found;
  for (const auto& [path, was] : was_) {
    const Fd directory = directory_of(top, path);
    const std::string is = kind_of(directory, base_name(path));
    if (is.empty() || stays_inside(top, path)) continue;
    // A link that led out before the step belongs to the front end. A link that led inside may lead
    // out now.
    if (is == was.kind && !was.inside) continue;
    if (::unlinkat(directory.get(), base_name(path).c_str(), 0) != 0) throw_errno("remove", path);
    found = "the step made " + source_ + "/" + path + " " + is;
  }
  put_pkg_info_back(top);
  const std::string module = remove_modules();
  if (found.empty() && !module.empty()) {
    throw Error("trust the sources after the step",
                "the step made " + module +
                    "; Rind removed it, because the front end would import it outside of steps in "
                    "the place of a module of its own",
                "start the front end in another directory, or by its own script "
                "(pyproject-build, pip)");
  }
  if (found.empty()) return;
  throw Error("trust the sources after the step",
              found + "; Rind removed it, because front ends open that file outside of steps",
              "check what the package does: no build needs this");
}

SourceGuard::~SourceGuard() {
  try {
    if (!checked_) check();
  } catch (const Error& e) {
    // Another error is being thrown already.
    say(e.what());
  }
}

}  // namespace rind
