#include "helper/outputs/release.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/outputs/capture_judge.h"
#include "helper/outputs/filled_marks.h"
#include "helper/outputs/take.h"

namespace rind {
namespace {

using Kind = PlannedCapture::Kind;

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

void carry_out(const Move& move, const PlannedCapture& capture, const CaptureJudge& judge,
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
        rules.keeps_names = true;
        rules.marked = capture.kind == Kind::kTemporary;
        // Beside the sources the package's next step can make any link in the directory.
        rules.keeps_link = [&](const std::string& below, const std::string& to) {
          return capture.of_package || judge.keeps_link(move.path + "/" + below, to);
        };
      }
      artefact.size = take_tree(move.from, move.name, plan, rules);
      if (capture.of_package && move.what == Move::What::kTree) {
        const Fd made = sys::open(move.from, move.name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        mark_filled(target.get(), made.get(), move.path);
      }
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
        mark_as_left(taken);
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

// What lets a step leave `refused` in the captured directory, or below it.
std::string remedy_for(const PlannedCapture& capture, const std::string& refused) {
  const std::string start = "let the call write to its sources or to a temporary directory, or ";
  if (capture.of_package) return start + "into a directory beside the sources with another name";
  const std::string below = refused.substr(std::min(refused.size(), capture.path.size() + 1));
  const size_t end = below.find('/');
  // A view of the directory itself would open more than the call names.
  const bool inner = end != std::string::npos;
  const std::string opened = inner ? capture.path + "/" + below.substr(0, end) : capture.path;
  return start + (inner ? "make the directory " + opened + " before and " : std::string()) +
         "let steps write there by {\"views\": {\"" + opened +
         R"(": {"view": "rw", "lend": true}}} in the policy)";
}

void require_all_allowed(const std::vector<CaptureJudge>& judges, const Plan& plan) {
  for (size_t i = 0; i < judges.size(); ++i) {
    const std::string refused = judges[i].refused();
    if (refused.empty()) continue;
    throw Error(kTakeOutput,
                plan.captures[i].of_package
                    ? "the step made " + refused +
                          "; in the package's work directory it makes directories alone, and none "
                          "with a name that begins with a dot, that looks like a build "
                          "environment, or that an interpreter would import or count as installed"
                    : "the call names " + refused +
                          ", which is no artefact of the package; only artefacts, and files in "
                          "directories for temporary files, leave a step",
                remedy_for(plan.captures[i], refused));
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
  std::vector<CaptureJudge> judges;
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
    if (!succeeded) continue;
    for (const auto& dropped : judges[i].dropped()) note(dropped, collected);
  }
  if (succeeded && plan.tells_left) note_left(plan, scratch, collected);
}

}  // namespace rind
