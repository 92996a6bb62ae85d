#include "hook/container/places.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/base/try_open.h"
#include "common/base/utf8.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "install the kit";
constexpr const char* kOwnProc = "start the container without a mount on /proc";
constexpr const char* kHostileImage = "this image is damaged or hostile: do not build in it";

// Resolves the paths as the container would.
std::vector<std::string> masked_places(const Root& rootfs, const std::vector<std::string>& paths) {
  std::vector<std::string> places;
  for (const auto& path : paths) {
    int error = 0;
    const Fd file = try_open(rootfs, UntrustedPath(path), O_PATH, error);
    if (file) {
      places.push_back(sys::path_of(file.get()));
    } else if (error != ENOENT && error != ENOTDIR) {
      // Runtimes also ignore masked paths that do not exist.
      throw SysError("open", path, error);
    }
  }
  return places;
}

Fd open_dev_directory(const Root& rootfs) {
  try {
    return sys::open2(rootfs.top(), "dev", O_PATH | O_DIRECTORY,
                      RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
  } catch (const SysError& e) {
    if (e.code() != ELOOP) throw;
    throw Error(kWhat, "the image's /dev is a symbolic link",
                "use an image whose /dev is a directory");
  }
}

}  // namespace

Places::Places(const Root& rootfs, const MountEntries& mounts, const std::set<dev_t>& host_devices,
               const std::vector<std::string>& masked_paths)
    : rootfs_(rootfs),
      mounts_(mounts),
      host_devices_(host_devices),
      top_(sys::path_of(rootfs.top())),
      masked_(masked_places(rootfs, masked_paths)) {}

Fd Places::open_dev() const {
  Fd dev = open_dev_directory(rootfs_);
  const sys::MountPlace place = sys::mount_place(dev.get(), "/dev");
  const std::string remedy = "start the container without a bind mount on /dev";
  if (!place.is_root) throw Error(kWhat, "the container's /dev is not a mount point", remedy);
  const MountEntry& entry = find_mount(mounts_, place.mount_id);
  if (entry.type != "tmpfs" || entry.root != "/" ||
      host_devices_.count(sys::stat_fd(dev.get(), "/dev").st_dev) != 0) {
    throw Error(kWhat, "the container's /dev is not a private tmpfs", remedy);
  }
  if (entry.shared) throw Error(kWhat, "the container's /dev has shared mount propagation", remedy);
  return dev;
}

ContainerProc Places::open_proc() const {
  Fd proc;
  try {
    proc = sys::open2(rootfs_.top(), "proc", O_PATH | O_DIRECTORY,
                      RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ENOTDIR && e.code() != ELOOP) throw;
    throw Error(kWhat, "the container has no /proc", kOwnProc);
  }
  const sys::MountPlace place = sys::mount_place(proc.get(), "/proc");
  if (!place.is_root) throw Error(kWhat, "the container has no procfs at /proc", kOwnProc);
  const MountEntry& entry = find_mount(mounts_, place.mount_id);
  if (entry.type != "proc" || entry.root != "/") {
    throw Error(kWhat, "the mount on the container's /proc is not a procfs", kOwnProc);
  }
  // The supervisor writes the id maps of steps to files in it.
  struct statvfs fs = {};
  if (::fstatvfs(proc.get(), &fs) != 0) throw_errno("statvfs", "/proc");
  if ((fs.f_flag & ST_RDONLY) != 0) {
    throw Error(kWhat, "the container's /proc is read-only", kOwnProc);
  }
  return ContainerProc(std::move(proc));
}

void ContainerProc::require_reader() const {
  try {
    sys::read_link(proc_.get(), "self");
  } catch (const SysError& e) {
    if (e.code() != ENOENT) throw;
    throw Error(kWhat, "the container's /proc does not show the container's processes", kOwnProc);
  }
}

std::string Places::require_seam(const FoundSeam& seam) const {
  const std::string path = sys::path_of(seam.file.get());
  if (path.rfind(top_ + "/", 0) != 0) {
    throw Error(kWhat, "the seam " + path + " is outside of the rootfs", kHostileImage);
  }
  std::string inside = path.substr(top_.size());
  const std::string what = "cover the seam " + inside;
  if (!is_utf8(inside)) throw Error(what, "its path is not UTF-8", kHostileImage);
  // A mount on a seam in a shared mount would propagate to the host.
  if (find_mount(mounts_, sys::mount_place(seam.file.get(), path).mount_id).shared) {
    throw Error(what, "it is in a mount that is shared with the host",
                "mount that volume without :shared and :rshared");
  }
  for (const auto& masked : masked_) {
    // The runtime masks paths after the hook: the kit's original would still show the file.
    if (is_within(path, masked)) {
      throw Error(what, "the engine masks " + masked.substr(std::min(top_.size(), masked.size())),
                  std::string("start it without a mask for this path (podman: --security-opt "
                              "mask=PATH); where there is no such option, ") +
                      kHostileImage);
    }
  }
  return inside;
}

bool Places::masks_below(const std::string& inside) const {
  const std::string directory = top_ + inside;
  return std::any_of(masked_.begin(), masked_.end(),
                     [&](const std::string& masked) { return is_within(masked, directory); });
}

}  // namespace rind::hook
