#include "helper/outputs/release.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/outputs/artefact_name.h"
#include "helper/outputs/take.h"

namespace rind {
namespace {

using Kind = PlannedCapture::Kind;

// An entry that leaves.
struct Move {
  std::string path;  // where it goes
  int from = -1;     // the step's directory
  std::string name;
  enum class What { kFile, kTree, kLink, kArtefact, kMetadata, kRemoved } what = What::kFile;
  bool may_replace = false;
};

bool is_empty(int directory, const std::string& name) {
  const Fd inner = sys::open_if_any(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  bool empty = true;
  if (!inner) return false;
  sys::for_each_entry(inner.get(), name, [&](const dirent&) { return empty = false; });
  return empty;
}

// True for what somebody may look for in /tmp or HOME afterwards. Caches and settings in HOME have
// names with a dot.
bool is_left(int directory, const std::string& name, const struct stat& st) {
  if (name[0] == '.') return false;
  return S_ISREG(st.st_mode) || (S_ISDIR(st.st_mode) && !is_empty(directory, name));
}

// True for what the sandbox made in the view's directory. The step may have replaced a link of it.
bool is_mount_point(const PlannedView& view, int directory, const std::string& name) {
  return std::any_of(view.skeleton.begin(), view.skeleton.end(), [&](const auto& point) {
    if (point.path.substr(0, point.path.find('/')) != name) return false;
    struct stat st = {};
    const bool link = point.type == PlannedView::MountPoint::kLink && point.path == name;
    return !link || (sys::try_lstat(directory, name, st) && S_ISLNK(st.st_mode) &&
                     sys::read_link(directory, name) == point.target);
  });
}

// Decides about one capture. Holds the step's directories open until the moves are done.
class Judge {
 public:
  Judge(const Plan& plan, const PlannedCapture& capture, const Copies& copies,
        const Scratch& scratch)
      : plan_(plan), capture_(capture), copies_(copies), top_(scratch.at(capture.path).top) {}

  void judge() {
    visit(top_, capture_.path);
    if (capture_.kind == Kind::kArtefacts) look_for_removed();
  }

  const std::vector<Move>& moves() const { return moves_; }
  const std::vector<std::string>& dropped() const { return dropped_; }
  // What the call names and may not leave; "" for nothing.
  std::string refused() const {
    if (!refused_.empty()) return refused_;
    const bool lost = capture_.whole && !capture_.by_text && capture_.asked && moves_.empty();
    return lost && !dropped_.empty() ? dropped_.front() : std::string();
  }

 private:
  bool is_named(const std::string& path) const {
    return std::find(capture_.named.begin(), capture_.named.end(), path) != capture_.named.end();
  }
  bool leads_to_named(const std::string& path) const {
    return std::any_of(capture_.named.begin(), capture_.named.end(),
                       [&](const auto& named) { return is_within(named, path); });
  }
  bool is_below_named(const std::string& path) const {
    return std::any_of(capture_.named.begin(), capture_.named.end(),
                       [&](const auto& named) { return is_within(path, named); });
  }

  void drop(const std::string& path) {
    dropped_.push_back(path);
    if (is_named(path) && refused_.empty()) refused_ = path;
  }

  bool is_mount_point(const std::string& name) const {
    return std::any_of(plan_.views.begin(), plan_.views.end(), [&](const PlannedView& view) {
      return view.path == capture_.path && rind::is_mount_point(view, top_, name);
    });
  }

  void visit(int directory, const std::string& path) {
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

  void look(int directory, const std::string& name, const std::string& path,
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

  void look_at_rest(int directory, const std::string& name, const std::string& path,
                    const struct stat& st) {
    if (is_left(directory, name, st)) drop(path);
  }

  void look_at_answer(int directory, const std::string& name, const std::string& path,
                      const struct stat& st) {
    const bool asked = is_named(path) || (capture_.whole && name[0] != '.');
    const bool answer =
        asked && S_ISREG(st.st_mode) && name != "pyvenv.cfg" && !is_code(name, st.st_mode);
    if (!answer) return drop(path);
    moves_.push_back({path, directory, name, Move::What::kFile, true});
  }

  void look_at_temporary(int directory, const std::string& name, const std::string& path,
                         const struct stat& st) {
    const bool named = is_named(path);
    const bool known = copies_.was_there(path);
    if (S_ISDIR(st.st_mode) && (known || (capture_.shared && !named && !is_below_named(path)))) {
      return visit_below(directory, name, path);
    }
    // The caller's own programs there must not import what a package wrote.
    const bool beside_code = copies_.has_code(parent_of(path)) && !named;
    if (beside_code && name == "__pycache__") return;
    if (!is_for_the_call(path, name, known)) return drop(path);
    if (S_ISDIR(st.st_mode)) {
      const bool metadata = name.ends_with(".dist-info") || name.ends_with(".egg-info");
      const bool imported = (metadata && !capture_.whole) || holds_code(directory, name, 0);
      if (beside_code && imported) return drop(path);
      moves_.push_back({path, directory, name, Move::What::kTree});
    } else if (S_ISREG(st.st_mode)) {
      const bool code = is_code(name, st.st_mode);
      if (code && !named && (known || beside_code)) return drop(path);
      moves_.push_back({path, directory, name, Move::What::kFile, known || named});
    } else if (S_ISLNK(st.st_mode)) {
      const bool leaves = !known && stays_inside(path, sys::read_link(directory, name));
      if (!leaves) return drop(path);
      moves_.push_back({path, directory, name, Move::What::kLink});
    } else if (!S_ISSOCK(st.st_mode)) {
      drop(path);
    }
  }

  // Where the call names the directory, or a place above `path`, everything is its result.
  // Elsewhere the caller may keep other work, and tools settings of theirs (.git, .netrc): then
  // only what is new at the top is a result.
  bool is_for_the_call(const std::string& path, const std::string& name, bool known) const {
    if (capture_.shared || is_below_named(path)) return is_below_named(path);
    if (name[0] == '.') return known && capture_.whole;
    return capture_.whole || (!known && parent_of(path) == capture_.path);
  }

  void look_at_artefact(int directory, const std::string& name, const std::string& path,
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
      moves_.push_back({path, directory, name, Move::What::kMetadata});
      return;
    }
    if (capture_.any_package && S_ISREG(st.st_mode) && name.ends_with(".zip")) {
      moves_.push_back({path, directory, name, Move::What::kArtefact});
      return;
    }
    if (!S_ISDIR(st.st_mode) || !leads_to_named(path)) return drop(path);
    const size_t before = moves_.size(), dropped = dropped_.size();
    visit_below(directory, name, path);
    if (is_named(path) && moves_.size() == before && dropped_.size() > dropped) drop(path);
  }

  // An artefact of the package that the call named, and that the step removed: `wheel tags`.
  void look_for_removed() {
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

  void visit_below(int directory, const std::string& name, const std::string& path) {
    held_.push_back(
        std::make_unique<Fd>(sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
    const int below = held_.back()->get();
    seal_directory(below, path, plan_);
    visit(below, path);
  }

  // True for a directory from which an interpreter would import: a package, or a part of a
  // namespace.
  static bool holds_code(int directory, const std::string& name, int depth) {
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

  // The directory in which links of the step's may lead: the captured one, or in one that holds
  // more than the call's the place that the call names.
  std::string place_of_links(const std::string& path) const {
    if (!capture_.shared) return capture_.path;
    for (const auto& named : capture_.named) {
      if (path != named && is_within(path, named)) return named;
    }
    return {};
  }

  // True for a link that leads to a place in the directory of this call. After a name, ".." would
  // go up from where the name leads, if that is a link; and a link of the caller's may lead
  // outside.
  bool stays_inside(const std::string& path, const std::string& target) const {
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

  static constexpr int kMostDirectories = 4096;
  const Plan& plan_;
  const PlannedCapture& capture_;
  const Copies& copies_;
  int top_;
  std::vector<std::unique_ptr<Fd>> held_;
  std::vector<Move> moves_;
  std::vector<std::string> dropped_;
  std::string refused_;
  int visited_ = 0;

 public:
  bool keeps_link(const std::string& path, const std::string& target) const {
    return stays_inside(path, target);
  }
};

// Opens the front end's directory for what goes to `path`; makes those that the step made on the
// way. top: the real captured directory.
Fd open_target(int top, const std::string& below) {
  Fd at = sys::open(top, ".", O_RDONLY | O_DIRECTORY);
  for (const auto& part : split(below, '/')) {
    if (part.empty()) continue;
    if (::mkdirat(at.get(), part.c_str(), 0777) != 0 && errno != EEXIST) {
      throw_errno("make directory", part);
    }
    at = sys::open(at.get(), part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
  return at;
}

bool is_regular_or_absent(int directory, const std::string& name) {
  struct stat st = {};
  if (!sys::try_lstat(directory, name, st)) return errno == ENOENT;
  return S_ISREG(st.st_mode);
}

void move_new(const Move& move, int target, bool may_replace) {
  if (may_replace && is_regular_or_absent(target, move.name)) {
    if (::renameat(move.from, move.name.c_str(), target, move.name.c_str()) != 0) {
      throw_errno("move the step's output to", move.path);
    }
  } else if (!sys::rename_new(move.from, move.name, target, move.name)) {
    throw Error(kTakeOutput, move.path + " already exists",
                "remove it, or let the call write to another place");
  }
}

void carry_out(const Move& move, const PlannedCapture& capture, const Judge& judge,
               const Plan& plan, int real, Collected& collected) {
  const Fd target = open_target(real, parent_of(move.path).substr(capture.path.size()));
  Artefact artefact = {"captured", move.path, 0, ""};
  switch (move.what) {
    case Move::What::kRemoved:
      if (::unlinkat(target.get(), move.name.c_str(), 0) != 0 && errno != ENOENT) {
        throw_errno("remove", move.path);
      }
      return;
    case Move::What::kLink:
      if (!take_link(move.from, move.name, plan,
                     [&](const std::string& to) { return judge.keeps_link(move.path, to); })) {
        throw Error(kTakeOutput, move.path + " is a link that leads elsewhere now",
                    "check which packages pass file descriptors to each other");
      }
      move_new(move, target.get(), false);
      break;
    case Move::What::kTree:
    case Move::What::kMetadata: {
      TreeRules rules;
      rules.deepest = 64;
      rules.most_entries = 200000;
      if (move.what == Move::What::kTree) {
        rules.keeps_link = [&](const std::string& below, const std::string& to) {
          return judge.keeps_link(move.path + "/" + below, to);
        };
      }
      artefact.size = take_tree(move.from, move.name, plan, rules);
      move_new(move, target.get(), false);
      break;
    }
    case Move::What::kFile:
    case Move::What::kArtefact: {
      const TakenFile taken = take_file(move.from, move.name, plan);
      artefact.size = taken.size;
      if (plan.recorded) {
        artefact.sha256 = sha256_hex_of(taken.file.get(), kArtefactLimit, move.name);
      }
      if (move.what == Move::What::kFile) {
        move_new(move, target.get(), move.may_replace);
        require_moved(target.get(), move.path, taken);
      } else {
        deliver({capture.path, capture.may_replace, capture.project}, {target.get(), move.from},
                taken, move.name);
      }
      break;
    }
  }
  collected.artefacts.push_back(std::move(artefact));
}

void require_all_allowed(const std::vector<Judge>& judges, const Plan& plan) {
  for (size_t i = 0; i < judges.size(); ++i) {
    const std::string refused = judges[i].refused();
    if (refused.empty()) continue;
    const PlannedCapture& capture = plan.captures[i];
    throw Error(kTakeOutput,
                "the call names " + refused +
                    ", which is no artefact of the package; only artefacts, and files in "
                    "directories for temporary files, leave a step",
                "let the call write to its sources or to a temporary directory, or let steps write "
                "there by {\"views\": {\"" +
                    capture.path + R"(": {"view": "rw", "lend": true}}} in the policy)");
  }
}

void note(const std::string& dropped, Collected& collected) {
  constexpr size_t kNamed = 32;
  if (++collected.dropped_count <= kNamed) collected.dropped.push_back(dropped);
}

// Notes what the step left in private directories of the policy, such as /tmp.
void note_left(const Plan& plan, const Scratch& scratch, Collected& collected) {
  const auto is_judged = [&](const std::string& path) {
    const auto same = [&](const auto& known) { return known.path == path; };
    return std::any_of(plan.captures.begin(), plan.captures.end(), same) ||
           std::any_of(plan.outputs.begin(), plan.outputs.end(), same);
  };
  for (const auto& view : plan.views) {
    if (scratch.paths().count(view.path) == 0 || is_judged(view.path)) continue;
    const int top = scratch.at(view.path).top;
    seal_directory(top, view.path, plan);
    sys::for_each_entry(top, view.path, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      struct stat st = {};
      const bool known = sys::try_lstat(top, name, st);
      if (known && !is_mount_point(view, top, name) && is_left(top, name, st)) {
        note(view.path + "/" + name, collected);
      }
      return true;
    });
  }
}

}  // namespace

void release(const Plan& plan, const Scratch& scratch, const Copies& copies, bool succeeded,
             Collected& collected) {
  std::vector<Judge> judges;
  judges.reserve(plan.captures.size());
  for (const auto& capture : plan.captures) {
    seal_directory(scratch.at(capture.path).top, capture.path, plan);
    judges.emplace_back(plan, capture, copies, scratch);
    if (succeeded || capture.kind != Kind::kArtefacts) judges.back().judge();
  }
  if (succeeded) require_all_allowed(judges, plan);
  for (size_t i = 0; i < judges.size(); ++i) {
    const PlannedCapture& capture = plan.captures[i];
    for (const auto& move : judges[i].moves()) {
      carry_out(move, capture, judges[i], plan, scratch.at(capture.path).real, collected);
    }
    for (const auto& dropped : judges[i].dropped()) {
      if (succeeded) note(dropped, collected);
    }
  }
  if (succeeded && plan.tells_left) note_left(plan, scratch, collected);
}

}  // namespace rind
