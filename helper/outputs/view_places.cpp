#include "helper/outputs/view_places.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"

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
    if (writable) places_.emplace(view.path, look(view.path));
  }
}

std::string ViewPlaces::moved() const {
  for (const auto& [path, identity] : places_) {
    if (look(path) != identity) return path;
  }
  return {};
}

}  // namespace rind
