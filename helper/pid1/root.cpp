#include "helper/pid1/root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/blocked_call.h"
#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/ready.h"
#include "helper/pid1/cow.h"
#include "helper/pid1/skeleton.h"

namespace rind {
namespace {

using mnt::kNoDev;
using mnt::kNoExec;
using mnt::kNoSuid;
using mnt::kReadOnly;

std::string octal(unsigned mode) {
  char buffer[16];
  ::snprintf(buffer, sizeof buffer, "0%o", mode);
  return buffer;
}

Fd open_target(const PlannedView& view) {
  return open_canonical(view.path, O_PATH | O_NOFOLLOW | (view.directory ? O_DIRECTORY : 0));
}

uint64_t attributes_of(const PlannedView& view) {
  return kNoSuid | kNoDev | (view.view == View::kRo ? kReadOnly : 0) | (view.noexec ? kNoExec : 0);
}

bool shows_tree(const PlannedView& view) {
  return view.kind == PlannedView::Kind::kView &&
         (view.view == View::kRo || view.view == View::kRw);
}

// True for a view that take_twins() takes from a twin.
bool is_of_twin(const PlannedView& view, const std::vector<PlannedTwin>& twins) {
  return shows_tree(view) && std::any_of(twins.begin(), twins.end(), [&](const PlannedTwin& twin) {
           return is_within(view.path, twin.tree);
         });
}

// Opens what a view shows of the builder's tree; for a cow view, its lower directory. Nothing for
// empty views.
Fd open_source(const PlannedView& view, const std::vector<PlannedTwin>& twins,
               const std::map<std::string, std::string>& scratch) {
  if (view.kind != PlannedView::Kind::kView) return {};
  // A clone would never be attached, and the kernel waits for all processors when it is closed.
  if (view.view == View::kCow || is_of_twin(view, twins)) return open_target(view);
  if (shows_tree(view)) {
    // Recursive: mounts below are locked, and the kernel refuses a clone without them.
    Fd tree = mnt::clone_tree(open_target(view).get(), true, view.path);
    mnt::set_attributes(tree.get(), attributes_of(view), true, view.path);
    return tree;
  }
  if (view.view == View::kPrivate && view.backing == Backing::kDisk) {
    const auto found = scratch.find(view.path);
    if (found == scratch.end()) return {};  // in memory, where no directory could be made
    const std::string& directory = found->second;
    const Fd source = open_canonical(directory, O_PATH | O_DIRECTORY);
    Fd tree = mnt::clone_tree(source.get(), false, directory);
    mnt::set_attributes(tree.get(), attributes_of(view), false, directory);
    return tree;
  }
  return {};
}

// real: the view's file or directory, open. It must be the one in the twin.
Fd clone_in_twin(const PlannedView& view, const PlannedTwin& twin, int top, int real) {
  const std::string inside = view.path.substr(twin.tree.size());
  std::string below = twin.below + inside;
  if (below.starts_with("/")) below.erase(0, 1);
  const Fd place =
      sys::open2(top, below.empty() ? "." : below, O_PATH | O_NOFOLLOW,
                 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
  const struct stat a = sys::stat_fd(place.get(), view.path), b = sys::stat_fd(real, view.path);
  if (a.st_dev != b.st_dev || a.st_ino != b.st_ino) {
    throw Error("show " + view.path, "it was replaced while the step began", "run it again");
  }
  Fd tree = mnt::clone_tree(place.get(), false, view.path);
  mnt::set_attributes(tree.get(), attributes_of(view), false, view.path);
  return tree;
}

// The size of the tmpfs for the files of the plan. tmpfs counts in pages, and each file takes at
// least one.
uint64_t room_for(const std::vector<PlannedView>& views) {
  constexpr uint64_t kLargestPage = 65536;
  uint64_t room = kLargestPage;
  for (const auto& view : views) {
    room += (view.content.size() + kLargestPage - 1) / kLargestPage * kLargestPage;
  }
  return room;
}

void set_time(int directory, const std::string& name, int64_t modified) {
  if (modified == 0) return;
  const struct timespec times[2] = {{modified, 0}, {modified, 0}};
  if (::utimensat(directory, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("set the time of", name);
  }
}

bool has_files(const std::vector<PlannedView>& views) {
  return std::any_of(views.begin(), views.end(),
                     [](const PlannedView& view) { return view.kind == PlannedView::Kind::kFile; });
}

// What covers hidden paths, an empty directory and an empty file, and the files of the plan. Each
// path gets a clone. The kit has the empty ones ready; the rest is in one read-only tmpfs.
class Empty {
 public:
  // directory, file: the kit's; without them it makes its own.
  Empty(const std::vector<PlannedView>& views, Fd directory, Fd file)
      : directory_(std::move(directory)), file_(std::move(file)) {
    const bool ready = directory_ && file_;
    if (ready && !has_files(views)) return;
    top_ = mnt::make("tmpfs", {{"mode", "0755"}, {"size", std::to_string(room_for(views))}},
                     kNoSuid | kNoDev | kNoExec);
    if (!ready) {
      sys::make_directory(top_.get(), "directory", 0555);
      sys::make_file(top_.get(), "file", "", 0444);
      directory_ = open_in_top("directory");
      file_ = open_in_top("file");
    }
    for (size_t i = 0; i < views.size(); ++i) {
      if (views[i].kind != PlannedView::Kind::kFile) continue;
      sys::make_file(top_.get(), std::to_string(i), views[i].content, 0444);
      set_time(top_.get(), std::to_string(i), views[i].modified);
    }
    mnt::set_attributes(top_.get(), kReadOnly, false, "the empty view");
    // It is mounted on /dev until the step's own /dev covers it: only mounted file systems can be
    // cloned.
    const Fd dev = open_canonical("/dev", O_PATH | O_DIRECTORY);
    mnt::attach(top_.get(), dev.get(), "/dev");
  }

  void cover(int target, bool directory, const std::string& path) const {
    mount(directory ? directory_ : file_, target, path);
  }
  // Shows the content of views[index] of the constructor.
  void show_file(size_t index, int target, const std::string& path) const {
    mount(open_in_top(std::to_string(index)), target, path);
  }

 private:
  Fd open_in_top(const std::string& name) const {
    return sys::open(top_.get(), name, O_PATH | O_NOFOLLOW);
  }
  static void mount(const Fd& source, int target, const std::string& path) {
    mnt::attach(mnt::clone_tree(source.get(), false, path).get(), target, path);
  }
  Fd directory_, file_;
  Fd top_;
};

// Makes a hidden directory that contains only the way to views further inside.
Fd make_way(const PlannedView& view) {
  Fd tree = mnt::make("tmpfs", {{"mode", "0555"}}, kNoSuid | kNoDev | kNoExec);
  make_skeleton(tree.get(), view.skeleton, 0555);
  mnt::set_attributes(tree.get(), kReadOnly, false, view.path);
  return tree;
}

Fd make_private(const PlannedView& view) {
  std::vector<std::pair<std::string, std::string>> options = {{"mode", octal(view.mode)}};
  if (view.size != 0) options.emplace_back("size", std::to_string(view.size));
  return mnt::make("tmpfs", options, attributes_of(view));
}

void mount_view(const PlannedView& view, Fd source, const Empty& empty) {
  const Fd target = open_target(view);
  if (view.view == View::kHidden && view.skeleton.empty()) {
    empty.cover(target.get(), view.directory, view.path);
    return;
  }
  if (view.view == View::kHidden) {
    source = make_way(view);
  } else if (view.view == View::kPrivate || (view.view == View::kCow && !source)) {
    if (!source) source = make_private(view);
    make_skeleton(source.get(), view.skeleton, 0755);
  }
  mnt::attach(source.get(), target.get(), view.path);
}

Fd make_proc() {
  try {
    return mnt::make("proc", {}, kReadOnly | kNoSuid | kNoDev | kNoExec);
  } catch (const SysError& e) {
    if (e.code() != EPERM || blocked_call() != nullptr) throw;
    throw Error("mount the step's /proc",
                "the kernel allows a new procfs only where a fully visible one is mounted, and the "
                "kit's own procfs (its anchor) is missing",
                "run `/dev/rind/rind check` to see what is damaged");
  }
}

void mount_proc(const PlannedView& view, const std::vector<std::string>& masked,
                const Empty& empty) {
  const Fd target = open_target(view);
  const Fd proc = make_proc();
  mnt::attach(proc.get(), target.get(), view.path);
  for (const auto& path : masked) {
    const Fd place = try_open_canonical(path, O_PATH | O_NOFOLLOW);
    if (!place) continue;  // engines list files that not every kernel has
    empty.cover(place.get(), S_ISDIR(sys::stat_fd(place.get(), path).st_mode), path);
  }
}

}  // namespace

Sources open_sources(const Plan& plan, const std::map<std::string, std::string>& scratch) {
  Sources sources;
  for (const auto& view : plan.views) {
    sources.views.push_back(open_source(view, plan.twins, scratch));
  }
  for (const auto& twin : plan.twins) {
    sources.twins.push_back(sys::open(AT_FDCWD, twin.top, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  }
  sources.empty_directory = sys::try_open(AT_FDCWD, kit::kEmptyDirectory, O_PATH | O_NOFOLLOW);
  sources.empty_file = sys::try_open(AT_FDCWD, kit::kEmptyFile, O_PATH | O_NOFOLLOW);
  sources.devices = clone_devices(plan);
  sources.originals = clone_originals(plan.originals);
  return sources;
}

std::vector<uint64_t> take_twins(const Plan& plan, Sources& sources) {
  std::vector<uint64_t> mounts;
  for (size_t t = 0; t < plan.twins.size(); ++t) {
    const PlannedTwin& twin = plan.twins[t];
    for (size_t i = 0; i < plan.views.size(); ++i) {
      const PlannedView& view = plan.views[i];
      if (!sources.views[i] || !shows_tree(view) || !is_within(view.path, twin.tree)) continue;
      sources.views[i] = clone_in_twin(view, twin, sources.twins[t].get(), sources.views[i].get());
      mounts.push_back(sys::mount_place(sources.views[i].get(), view.path).mount_id);
    }
  }
  return mounts;
}

void build_root(const Plan& plan, Sources sources, Notes& notes) {
  // Before the root is read-only: an overlay would take that over.
  for (size_t i = 0; i < plan.views.size(); ++i) {
    const PlannedView& view = plan.views[i];
    if (view.kind != PlannedView::Kind::kView || view.view != View::kCow) continue;
    sources.views[i] = make_cow(view, std::move(sources.views[i]), attributes_of(view), notes);
  }
  mnt::seal_root(kReadOnly | kNoSuid);
  const Empty empty(plan.views, std::move(sources.empty_directory), std::move(sources.empty_file));

  for (size_t i = 0; i < plan.views.size(); ++i) {
    const PlannedView& view = plan.views[i];
    switch (view.kind) {
      case PlannedView::Kind::kView:
        mount_view(view, std::move(sources.views[i]), empty);
        break;
      case PlannedView::Kind::kFile:
        empty.show_file(i, open_target(view).get(), view.path);
        break;
      case PlannedView::Kind::kDevices:
        mount_devices(view, sources.devices, plan, notes);
        break;
      case PlannedView::Kind::kProc:
        mount_proc(view, plan.masked_proc, empty);
        break;
    }
  }
  attach_originals(sources.originals);
}

}  // namespace rind
