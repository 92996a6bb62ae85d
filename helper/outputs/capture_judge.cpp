#include "helper/outputs/capture_judge.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/image_packages.h"
#include "helper/facts/package_code.h"
#include "helper/outputs/artefact_name.h"
#include "helper/outputs/take.h"
#include "helper/step/project_files.h"

namespace rind {
namespace {

using Kind = PlannedCapture::Kind;

constexpr int kMostDirectories = 4096;

bool is_empty(int directory, const std::string& name) {
  const Fd inner = sys::open_if_any(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  return inner && sys::is_empty(inner.get(), name);
}

// True for a directory from which an interpreter would import: a package, or a part of a
// namespace.
bool holds_code(int directory, const std::string& name, int depth) {
  constexpr int kDeepest = 32;
  // No `import` has such a name.
  if (depth == 0 && name.find_first_of("-.+ ") != std::string::npos) return false;
  const Fd inner = sys::open_if_any(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!inner || depth > kDeepest) return true;
  bool found = false;
  sys::for_each_entry(inner.get(), name, [&](const dirent& entry) {
    struct stat st = {};
    if (!sys::try_lstat(inner.get(), entry.d_name, st)) return found = true;
    found = S_ISDIR(st.st_mode) ? holds_code(inner.get(), entry.d_name, depth + 1)
                                : is_code(entry.d_name, st.st_mode);
    return !found;
  });
  return found;
}

// True for a directory that a front end would take for a build environment.
bool looks_like_environment(int directory, const std::string& name) {
  struct stat st = {};
  for (const char* part : {"/pyvenv.cfg", "/bin/python", "/bin/python3"}) {
    if (sys::try_lstat(directory, name + part, st)) return true;
  }
  return false;
}

}  // namespace

bool is_left(int directory, const std::string& name, const struct stat& st) {
  if (name[0] == '.') return false;
  return S_ISREG(st.st_mode) || (S_ISDIR(st.st_mode) && !is_empty(directory, name));
}

bool is_mount_point(const PlannedView& view, int directory, const std::string& name) {
  return std::any_of(view.skeleton.begin(), view.skeleton.end(), [&](const auto& point) {
    if (point.path.substr(0, point.path.find('/')) != name) return false;
    struct stat st = {};
    const bool link = point.type == PlannedView::MountPoint::kLink && point.path == name;
    return !link || (sys::try_lstat(directory, name, st) && S_ISLNK(st.st_mode) &&
                     sys::read_link(directory, name) == point.target);
  });
}

void CaptureJudge::judge() {
  visit(top_, capture_.path);
  if (capture_.kind == Kind::kArtefacts) look_for_removed();
}

// What the call names and may not leave; "" for nothing.
std::string CaptureJudge::refused() const {
  if (!refused_.empty()) return refused_;
  const bool lost = capture_.whole && !capture_.by_text && capture_.asked && moves_.empty();
  return lost && !dropped_.empty() ? dropped_.front() : std::string();
}

bool CaptureJudge::is_named(const std::string& path) const {
  return std::find(capture_.named.begin(), capture_.named.end(), path) != capture_.named.end();
}

bool CaptureJudge::leads_to_named(const std::string& path) const {
  return std::any_of(capture_.named.begin(), capture_.named.end(),
                     [&](const auto& named) { return is_within(named, path); });
}

bool CaptureJudge::is_below_named(const std::string& path) const {
  return std::any_of(capture_.named.begin(), capture_.named.end(),
                     [&](const auto& named) { return is_within(path, named); });
}

void CaptureJudge::drop(const std::string& path) {
  dropped_.push_back(path);
  // In its package's work directory a command loses nothing in silence.
  if ((is_named(path) || capture_.of_package) && refused_.empty()) refused_ = path;
}

bool CaptureJudge::is_mount_point(const std::string& name) const {
  return std::any_of(plan_.views.begin(), plan_.views.end(), [&](const PlannedView& view) {
    return view.path == capture_.path && rind::is_mount_point(view, top_, name);
  });
}

void CaptureJudge::visit(int directory, const std::string& path) {
  if (++visited_ > kMostDirectories)
    throw Error(kTakeOutput, "too many directories in " + path,
                "let the call write into a directory of its own");
  sys::for_each_entry(directory, path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (path == capture_.path && is_mount_point(name)) return true;
    struct stat st = {};
    if (::fstatat(directory, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw_errno(kTakeOutput, path + "/" + name);
    }
    look(directory, name, path + "/" + name, st);
    return true;
  });
}

void CaptureJudge::look(int directory, const std::string& name, const std::string& path,
                        const struct stat& st) {
  if (!S_ISDIR(st.st_mode) && copies_.is_unchanged(path, st)) return;
  if (capture_.shared && !leads_to_named(path) && !is_below_named(path)) {
    return look_at_rest(directory, name, path, st);
  }
  switch (capture_.kind) {
    case Kind::kEnvironment:
      if (S_ISDIR(st.st_mode)) return look_at_artefact(directory, name, path, st);
      return look_at_answer(directory, name, path, st);
    case Kind::kTemporary:
      return look_at_temporary(directory, name, path, st);
    case Kind::kArtefacts:
      return look_at_artefact(directory, name, path, st);
  }
}

void CaptureJudge::look_at_rest(int directory, const std::string& name, const std::string& path,
                                const struct stat& st) {
  if (is_left(directory, name, st)) drop(path);
}

void CaptureJudge::look_at_answer(int directory, const std::string& name, const std::string& path,
                                  const struct stat& st) {
  const bool asked = is_named(path) || (capture_.whole && name[0] != '.');
  const bool answer =
      asked && S_ISREG(st.st_mode) && name != kEnvironmentFile && !is_code(name, st.st_mode);
  if (!answer) return drop(path);
  moves_.push_back({path, directory, name, Move::What::kFile, true});
}

void CaptureJudge::look_at_temporary(int directory, const std::string& name,
                                     const std::string& path, const struct stat& st) {
  const bool named = is_named(path);
  const bool known = copies_.was_there(path);
  if (S_ISDIR(st.st_mode) && (known || (capture_.shared && !named && !is_below_named(path)))) {
    return visit_below(directory, name, path);
  }
  // The caller's own programs there must not import what a package wrote.
  const bool beside_code = copies_.has_code(parent_of(path)) && !named;
  if (beside_code && name == "__pycache__") return;
  // What the caller keeps there would be lent to the next step as its sources.
  if (tells_what_it_is(name) && !named && is_callers(parent_of(path))) return drop(path);
  if (!is_for_the_call(path, name, known)) return drop(path);
  if (S_ISDIR(st.st_mode)) {
    const bool metadata = counts_as_installed(name) && !capture_.whole;
    const bool imported = metadata || holds_code(directory, name, 0);
    if (beside_code && imported) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kTree});
  } else if (S_ISREG(st.st_mode)) {
    const bool code = is_code(name, st.st_mode) || counts_as_installed(name);
    if (code && !named && (known || beside_code)) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kFile, known || named});
  } else if (S_ISLNK(st.st_mode)) {
    const bool leaves = !known && keeps_link(path, sys::read_link(directory, name));
    if (!leaves) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kLink});
  } else if (!S_ISSOCK(st.st_mode)) {
    drop(path);
  }
}

// True for a directory in which the caller keeps something.
bool CaptureJudge::is_callers(const std::string& directory) const {
  const auto holds = [&](const auto& path) { return is_within(path, directory); };
  const std::vector<std::string> copied = copies_.paths();
  if (std::any_of(copied.begin(), copied.end(),
                  [&](const auto& path) { return path != directory && holds(path); })) {
    return true;
  }
  return std::any_of(plan_.views.begin(), plan_.views.end(), [&](const PlannedView& view) {
    return view.path == capture_.path && directory == capture_.path && !view.skeleton.empty();
  });
}

// Where the call names the directory, or a place above `path`, everything is its result.
// Elsewhere the caller may keep other work, and tools settings of theirs (.git, .netrc): then
// only what is new at the top is a result.
bool CaptureJudge::is_for_the_call(const std::string& path, const std::string& name,
                                   bool known) const {
  if (capture_.shared || is_below_named(path)) return is_below_named(path);
  if (name[0] == '.') return known && capture_.whole;
  return capture_.whole || (!known && parent_of(path) == capture_.path);
}

void CaptureJudge::look_at_artefact(int directory, const std::string& name, const std::string& path,
                                    const struct stat& st) {
  const bool wheel = name.ends_with(".whl"), sdist = name.ends_with(".tar.gz");
  if (S_ISREG(st.st_mode) && (wheel || sdist)) {
    const auto kind = wheel ? PlannedOutput::Kind::kWheel : PlannedOutput::Kind::kSdist;
    require_artefact_name(kind, name, capture_.any_package ? "" : plan_.package,
                          plan_.artefact_names);
    moves_.push_back({path, directory, name, Move::What::kArtefact});
    return;
  }
  if (S_ISDIR(st.st_mode) && (name.ends_with(".dist-info") || name.ends_with(".egg-info"))) {
    // An interpreter that is started in the work directory would take the package for installed.
    if (capture_.of_package && !is_named(path)) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kMetadata});
    return;
  }
  if (capture_.any_package && S_ISREG(st.st_mode) && name.ends_with(".zip")) {
    moves_.push_back({path, directory, name, Move::What::kArtefact});
    return;
  }
  if (capture_.of_package && S_ISDIR(st.st_mode) && parent_of(path) == capture_.path) {
    const bool environment = is_environments_name(name) || looks_like_environment(directory, name);
    const Fd inner = sys::open_if_any(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const bool imported = !inner || !starts_of_package(inner.get(), name).empty() ||
                          is_namespace_of_image(capture_.prefixes, name);
    const bool installed = counts_as_installed(name);
    if (name[0] == '.' || environment || imported || installed) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kTree});
    return;
  }
  if (!S_ISDIR(st.st_mode) || !leads_to_named(path)) return drop(path);
  const size_t before = moves_.size(), dropped = dropped_.size();
  visit_below(directory, name, path);
  if (is_named(path) && moves_.size() == before && dropped_.size() > dropped) drop(path);
}

// An artefact of the package that the call named, and that the step removed: `wheel tags`.
void CaptureJudge::look_for_removed() {
  for (const auto& path : copies_.paths()) {
    struct stat st = {};
    const std::string name = base_name(path);
    const bool here = parent_of(path) == capture_.path && is_named(path);
    if (!here || sys::try_lstat(top_, name, st)) continue;
    const bool packages = capture_.may_replace && is_wheel_of(name, plan_.package);
    if (!packages) {
      drop("the removal of " + path);
    } else {
      moves_.push_back({path, -1, name, Move::What::kRemoved});
    }
  }
}

void CaptureJudge::visit_below(int directory, const std::string& name, const std::string& path) {
  held_.push_back(
      std::make_unique<Fd>(sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
  const int below = held_.back()->get();
  seal_directory(below, path, plan_);
  visit(below, path);
}

// The directory in which links of the step's may lead: the captured one, or in one that holds more
// than the call's the place that the call names.
std::string CaptureJudge::place_of_links(const std::string& path) const {
  if (!capture_.shared) return capture_.path;
  for (const auto& named : capture_.named) {
    if (path != named && is_within(path, named)) return named;
  }
  return {};
}

// After a name, ".." would go up from where the name leads, if that is a link; and a link of the
// caller's may lead outside.
bool CaptureJudge::keeps_link(const std::string& path, const std::string& target) const {
  const std::string top = place_of_links(path);
  if (top.empty() || target.empty()) return false;
  std::string at = target[0] == '/' ? std::string() : parent_of(path);
  bool below = target[0] == '/';
  for (const auto& part : split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && (below || at == top)) return false;
    below = below || part != "..";
    at = part == ".." ? parent_of(at) : at + "/" + part;
    if (copies_.is_link(at)) return false;
  }
  return is_within(at, top);
}

}  // namespace rind
