#include "hook/narrow/narrow.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "hook/narrow/covers.h"
#include "hook/narrow/narrow_plan.h"

namespace rind::hook {
namespace {

// True for an errno that means that the container sees nothing at a path: it does not exist, a file
// is where a directory should be, symlinks form a loop, or a name is too long. With
// CAP_DAC_READ_SEARCH, EACCES means that the owner is not mapped into the container, so that no
// process in it can open the path.
bool is_absent(int code) {
  return code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG ||
         code == EACCES;
}

// Runs `work`. A system call that fails becomes an Error that names `path`, in the container.
template <typename Work>
auto at_path(const std::string& path, const std::string& remedy, Work work) {
  try {
    return work();
  } catch (const SysError& e) {
    throw Error("narrow " + path + " in the container", e.subject() + ": " + e.why(), remedy);
  }
}

// Narrows the mounts of one container.
class Narrowing {
 public:
  Narrowing(const Container& container, const Root& rootfs, const NarrowRules& rules,
            const HostMounts& host, const MountEntries& mounts, const std::string& label)
      : rootfs_(rootfs),
        rules_(rules),
        host_(host),
        top_(sys::path_of(rootfs.top())),
        mounts_(mounts),
        covers_(rootfs.top(), container.root_ids(), label) {}

  Narrowed run() {
    // First: otherwise the next mounts would propagate to the host.
    stop_sharing();
    find_host_places();
    if (rules_.nosuid || rules_.nodev || rules_.noexec) restrict_mounts_from_host();
    // Before the views: an `ro` view clones what is mounted below it.
    if (!host_.engine_files.empty()) hide_engine_sockets();
    for (const auto& [path, view] : outermost_first(rules_.views)) apply_view(path, view);
    return done_;
  }

 private:
  void stop_sharing();
  void find_host_places();
  void restrict_mounts_from_host();
  HostMount look_at(const MountEntry& entry, Fd& fd) const;
  void hide_engine_sockets();
  void hide_if_engines(const EnginePlace& place);
  bool may_have_links(const MountEntry& entry) const;
  void hide_links_in(const HostMount& mount, int directory);
  void hide(int target, bool directory, const std::string& path);
  void apply_view(const std::string& path, const ViewSpec& view);
  void make_read_only(int target, const std::string& path) const;

  // The path in the container of a path in the mount table.
  std::string inside(const std::string& path) const { return path.substr(top_.size()); }

  // Opens a path that the kernel reported, so that it has no symlinks. Nothing when it is absent.
  std::optional<Fd> open_known(const std::string& path) const {
    try {
      return sys::open2(rootfs_.top(), path, O_PATH | O_NOFOLLOW,
                        RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    } catch (const SysError& e) {
      if (is_absent(e.code())) return std::nullopt;
      throw;
    }
  }

  const Root& rootfs_;
  const NarrowRules& rules_;
  const HostMounts& host_;
  const std::string top_;
  const MountEntries& mounts_;
  Covers covers_;
  Narrowed done_;
};

void Narrowing::stop_sharing() {
  const sys::MountPlace place = sys::mount_place(rootfs_.top(), "the rootfs");
  const bool shared = std::any_of(mounts_.begin(), mounts_.end(), [&](const MountEntry& mount) {
    return mount.shared && (mount.id == place.mount_id || is_within(mount.target, top_));
  });
  if (!shared) return;
  if (!place.is_root) {
    throw Error("separate the container's mounts from the host's",
                "its rootfs is not a mount point and belongs to a shared mount",
                "start it with a runtime that mounts the rootfs, such as crun or runc");
  }
  mnt::make_slaves(rootfs_.top(), "the container's mounts");
  done_.shared = true;
}

// The helper hides these mounts from steps. The builder itself keeps them: the operator may want
// that.
void Narrowing::find_host_places() {
  done_.host_places = host_.places;
  add_overlays(done_.host_places, mounts_);
  if (shows(place_of(rootfs_.top(), top_, mounts_), done_.host_places)) {
    throw Error("isolate the builder container", "its rootfs is the host's root directory",
                "start the container from an image");
  }
  for (const auto& mount : mounts_) {
    if (!is_within(mount.target, top_) || mount.target == top_) continue;
    const bool other_proc = mount.type == "proc" && !is_within(inside(mount.target), "/proc");
    const kit::HostPlace place = place_of_mount(mount);
    if (other_proc || shows(place, done_.host_places)) ++done_.host_mounts;
  }
}

// Opens the mount's root as `fd` and finds its kind.
HostMount Narrowing::look_at(const MountEntry& entry, Fd& fd) const {
  HostMount mount{entry};
  std::optional<Fd> opened = open_known(inside(entry.target));
  mount.reachable = opened.has_value();
  if (!opened) return mount;
  fd = std::move(*opened);
  try {
    const sys::MountPlace place = sys::mount_place(fd.get(), entry.target);
    mount.reachable = place.is_root && place.mount_id == entry.id;
    mount.kind = kind_of(inside(entry.target), sys::stat_fd(fd.get(), entry.target).st_mode);
  } catch (const SysError& e) {
    // Setting attributes does not need the file system.
    if (!is_out_of_reach(e.code())) throw;
  }
  return mount;
}

void Narrowing::restrict_mounts_from_host() {
  // Keep only one of them open at a time: a container with the host's root has hundreds of mounts.
  std::vector<HostMount> mounts;
  for (const auto& entry : mounts_from_host(mounts_, host_.devices, top_)) {
    Fd root;
    mounts.push_back(at_path(inside(entry.target), "start the container without that mount",
                             [&] { return look_at(entry, root); }));
  }
  for (const auto& restriction : plan_restrictions(mounts, rules_)) {
    const MountEntry& entry = mounts[restriction.mount].entry;
    const std::string path = inside(entry.target);
    at_path(path, "start the container without that mount, or shorten narrow.bind_mounts", [&] {
      Fd root;
      if (!look_at(entry, root).reachable) {
        throw Error("narrow " + path + " in the container",
                    "the container's mounts changed in the meantime", "start the container again");
      }
      mnt::set_attributes(root.get(), restriction.attributes, restriction.recursive, path);
    });
    ++done_.mounts;
  }
}

void Narrowing::hide(int target, bool directory, const std::string& path) {
  at_path(path, "start the container without that mount",
          [&] { covers_.hide(target, directory, path); });
  ++done_.sockets;
}

void Narrowing::hide_engine_sockets() {
  for (const auto& place : engine_places(host_.engine_files, mounts_, top_)) hide_if_engines(place);
  // Hard links: a socket may have other names in its file system, in any mount of it.
  for (const auto& entry : mounts_) {
    if (entry.target == top_ || !is_within(entry.target, top_) || !may_have_links(entry)) continue;
    Fd fd;
    const HostMount mount = look_at(entry, fd);
    if (mount.reachable) hide_links_in(mount, fd.get());
  }
}

// Covers the file at `place` if it is the engine's file, or a new socket that has replaced it.
void Narrowing::hide_if_engines(const EnginePlace& place) {
  const EngineFile& file = host_.engine_files[place.file];
  at_path(place.path, "start the container without that mount", [&] {
    const std::optional<Fd> fd = open_known(place.path);
    if (!fd) return;
    // Another mount covers it, perhaps one that was made here.
    if (sys::mount_place(fd->get(), place.path).mount_id != place.mount_id) return;
    const struct stat st = sys::stat_fd(fd->get(), place.path);
    const bool same = st.st_dev == file.dev && st.st_ino == file.inode;
    const bool directory = S_ISDIR(st.st_mode);
    if (same || S_ISSOCK(st.st_mode) || (place.below && directory)) {
      hide(fd->get(), directory, place.path);
    }
  });
}

// Hard links never cross file systems.
bool Narrowing::may_have_links(const MountEntry& entry) const {
  return std::any_of(host_.engine_files.begin(), host_.engine_files.end(),
                     [&](const EngineFile& file) { return file.device == entry.device; });
}

// Hides hard links directly in the mounted directory, or the mounted file itself.
void Narrowing::hide_links_in(const HostMount& mount, int directory) {
  const std::string path = inside(mount.entry.target);
  const auto is_engines = [&](const struct stat& st) {
    return S_ISSOCK(st.st_mode) &&
           std::any_of(host_.engine_files.begin(), host_.engine_files.end(), [&](const auto& file) {
             return st.st_dev == file.dev && st.st_ino == file.inode;
           });
  };
  at_path(path, "start the container without that mount", [&] {
    const struct stat st = sys::stat_fd(directory, path);
    if (is_engines(st)) return hide(directory, false, path);
    if (!S_ISDIR(st.st_mode)) return;
    // A volume may contain any number of files; engine sockets are in small directories.
    constexpr int kMostEntries = 4096;
    int entries = 0;
    std::vector<std::string> sockets;
    try {
      sys::for_each_entry(directory, path, [&](const dirent& entry) {
        if (sys::entry_type(directory, entry) == DT_SOCK) sockets.emplace_back(entry.d_name);
        return ++entries < kMostEntries;
      });
    } catch (const SysError& e) {
      // The directory belongs to a user outside of the container and is closed to it.
      if (e.code() != EACCES) throw;
    }
    for (const auto& name : sockets) {
      const std::optional<Fd> fd = open_known(path + "/" + name);
      if (fd && is_engines(sys::stat_fd(fd->get(), name)))
        hide(fd->get(), false, path + "/" + name);
    }
  });
}

void Narrowing::make_read_only(int target, const std::string& path) const {
  if (sys::mount_place(target, path).is_root) {
    mnt::seal_tree(target, mnt::kReadOnly, path);
    return;
  }
  // Recursive: the kernel refuses a clone without the locked mounts below.
  const Fd tree = mnt::clone_tree(target, true, path);
  mnt::seal_tree(tree.get(), mnt::kReadOnly, path);
  mnt::attach(tree.get(), target, path);
}

void Narrowing::apply_view(const std::string& path, const ViewSpec& view) {
  at_path(path, "remove the path from narrow.views, or give it a view that fits", [&] {
    Fd target;
    try {
      target = rootfs_.open(UntrustedPath(path), O_PATH);
    } catch (const SysError& e) {
      if (!is_absent(e.code())) throw;
      const std::string link = rootfs_.dangling_link(UntrustedPath(path));
      if (link.empty()) return;  // the path does not exist
      // In the running container the link may resolve, e.g. a link into /proc/self.
      throw Error("narrow " + path + " in the container",
                  "the symlink " + link + " does not resolve outside of the running container",
                  "remove the link from the image, or the path from narrow.views");
    }
    const std::string resolved = sys::path_of(target.get());
    if (resolved != top_ && !is_within(resolved, top_)) {
      throw Error("narrow " + path + " in the container",
                  "it resolves to " + resolved + ", outside of the rootfs",
                  "remove the path from narrow.views");
    }
    require_narrowable(path, resolved == top_ ? "/" : inside(resolved));
    const bool directory = S_ISDIR(sys::stat_fd(target.get(), path).st_mode);
    if (view.view == View::kRo) {
      make_read_only(target.get(), path);
    } else if (view.view == View::kHidden) {
      covers_.hide(target.get(), directory, path);
    } else if (directory) {
      covers_.make_private(target.get(), view, path);
    } else {
      throw Error("narrow " + path + " in the container",
                  "it is not a directory, and only a directory can be \"private\"",
                  "use \"hidden\" or \"ro\" for the path in narrow.views");
    }
    ++done_.paths;
  });
}

}  // namespace

HostMounts::HostMounts(const NarrowRules& rules, const MountEntries& table) {
  for (const auto& mount : table) devices.insert(mount.device);
  places = host_places(table);
  if (rules.hide_engine_sockets) engine_files = find_engine_files(rules.engine_sockets, table);
}

Narrowed narrow(const Container& container, const Root& rootfs, const NarrowRules& rules,
                const HostMounts& host, const MountEntries& mounts, const std::string& label) {
  return Narrowing(container, rootfs, rules, host, mounts, label).run();
}

std::string Narrowed::summary() const {
  std::string text = "narrowed: " + std::to_string(mounts) + " mount(s) from the host, " +
                     std::to_string(sockets) + " engine socket(s) hidden, " +
                     std::to_string(paths) + " path(s)";
  if (host_mounts != 0) {
    text += ", " + std::to_string(host_mounts) +
            " mount(s) of the host's root or processes hidden from steps";
  }
  return text + (shared ? ", mounts no longer shared with the host" : "");
}

}  // namespace rind::hook
