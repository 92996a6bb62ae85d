#include "helper/pid1/full_views.h"

#include <sys/statfs.h>

namespace rind {
namespace {

// True when less than a page, or less than a thousandth of the file system, is free. A program
// whose write failed may have removed a small file since.
bool is_full(const std::string& path) {
  struct statfs fs = {};
  if (::statfs(path.c_str(), &fs) != 0 || fs.f_blocks == 0) return false;
  constexpr uint64_t kThousand = 1000;
  const bool no_room = fs.f_bavail <= fs.f_blocks / kThousand;
  const bool no_files = fs.f_files != 0 && fs.f_ffree == 0;
  return no_room || no_files;
}

}  // namespace

Notes full_views(const Plan& plan) {
  // Each note takes part of a pipe of one page (report.h).
  constexpr size_t kMost = 2;
  Notes notes;
  for (const auto& view : plan.views) {
    const bool holds_writes = view.view == View::kPrivate || view.view == View::kCow;
    if (view.kind != PlannedView::Kind::kView || !holds_writes || !view.directory) continue;
    if (notes.size() == kMost || !is_full(view.path)) continue;
    const bool on_disk = view.view == View::kPrivate && view.backing == Backing::kDisk;
    notes.push_back(
        kFullView + view.path + ": " +
        (on_disk
             ? "its file system is full (" + view.rule + ")"
             : "the view is full (" + view.rule + ": its \"size\" is " + std::to_string(view.size) +
                   " bytes" +
                   (view.view == View::kPrivate ? "; or give it \"backing\": \"disk\")" : ")")));
  }
  return notes;
}

}  // namespace rind
