#include "helper/outputs/view_places.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/say.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/links.h"
#include "helper/supervisor/scratch.h"

namespace rind {

ViewPlaces::Identity ViewPlaces::look(const std::string& path) {
  try {
    const Fd file = open_canonical(path, O_PATH | O_NOFOLLOW);
    const struct stat st = sys::stat_fd(file.get(), path);
    return std::pair(st.st_dev, st.st_ino);
  } catch (const SysError& e) {
    if (sys::is_no_answer(e.code())) throw;
    return std::nullopt;
  }
}

ViewPlaces::ViewPlaces(const Plan& plan) {
  for (const auto& view : plan.views) {
    const PlannedView* around = deciding_view(plan, parent_of(view.path));
    const bool writable =
        around != nullptr && around->kind == PlannedView::Kind::kView && around->view == View::kRw;
    if (!writable) continue;
    places_.emplace(view.path, look(view.path));
    // CredentialCovers looks after files without their credentials, NamedPlaces after outputs.
    if (view.kind == PlannedView::Kind::kView && !view.output) watched_.insert(view.path);
    trees_.insert(around->path);
  }
}

std::string ViewPlaces::moved() const {
  for (const auto& [path, identity] : places_) {
    if (look(path) != identity) return path;
  }
  return {};
}

// Follows links, as the front end will.
bool ViewPlaces::is_replaced(const std::string& path, const Identity& before) const {
  struct stat st = {};
  return watched_.contains(path) && before && look(path) != before && sys::try_stat(path, st);
}

void ViewPlaces::require_unreplaced() const {
  for (const auto& [path, before] : places_) {
    if (!is_replaced(path, before)) continue;
    throw Error("trust the sources after the step",
                "the step replaced a directory above " + path +
                    ", and what is there now is the step's; Rind removes it, because front ends go "
                    "by it outside of steps",
                "let the front end keep caches and settings outside of the sources");
  }
}

std::vector<std::string> ViewPlaces::remove_replaced() {
  std::vector<std::string> lines;
  for (const auto& [path, before] : std::exchange(places_, {})) {
    if (!is_replaced(path, before)) continue;
    // A link that the step has put on the way leads elsewhere.
    std::string removed = path;
    for (const Link& link : links_on_the_way(path)) {
      if (std::any_of(trees_.begin(), trees_.end(),
                      [&](const auto& tree) { return is_within(link.path, tree); })) {
        removed = link.path;
        break;
      }
    }
    const Fd parent = open_canonical(parent_of(removed), O_PATH | O_DIRECTORY);
    remove_entry(parent.get(), base_name(removed));
    lines.push_back(printable("Rind removed " + removed +
                              ": the step replaced a directory above it, and the front end would "
                              "go by what is there"));
  }
  return lines;
}

ViewPlaces::~ViewPlaces() {
  try {
    for (const auto& line : remove_replaced()) say(line);
  } catch (const Error& e) {
    say(e.what());  // another error is being thrown
  }
}

}  // namespace rind
