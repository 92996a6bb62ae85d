#include "hook/narrow/covers.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/sys.h"
#include "hook/container/selinux.h"

namespace rind::hook {
namespace {

constexpr uint64_t kLocked = mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec;

std::string octal(unsigned mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "0%o", mode);
  return buffer;
}

MountOptions options_for(HostIds owner, unsigned mode, uint64_t size) {
  return {{"source", "rind"},
          {"mode", octal(mode)},
          {"uid", std::to_string(owner.uid)},
          {"gid", std::to_string(owner.gid)},
          {"size", std::to_string(size)}};
}

}  // namespace

Covers::~Covers() {
  if (!files_) return;
  try {
    mnt::detach(files_.get(), "the hook's own mount on the rootfs");
  } catch (const Error&) {
    // A destructor cannot report it. The tmpfs then hides the whole image, so the container fails
    // to start.
  }
}

void Covers::hide(int target, bool directory, const std::string& path) {
  constexpr uint64_t kSmall = 4096;
  const Fd cover = directory
                       ? mnt::make("tmpfs", labelled(options_for(owner_, 0555, kSmall), label_),
                                   kLocked | mnt::kReadOnly)
                       : empty_file(path);
  mnt::attach(cover.get(), target, path);
}

void Covers::make_private(int target, const ViewSpec& view, const std::string& path) const {
  const struct stat st = sys::stat_fd(target, path);
  const uint64_t attributes = mnt::kNoSuid | mnt::kNoDev | (view.noexec ? mnt::kNoExec : 0);
  const Fd cover = mnt::make(
      "tmpfs",
      labelled(options_for({st.st_uid, st.st_gid}, st.st_mode & 01777U, view.size), label_),
      attributes);
  mnt::attach(cover.get(), target, path);
}

Fd Covers::empty_file(const std::string& path) {
  if (!files_) {
    // Owned by the hook's user, not by the container's root: the hook must create a file in it.
    Fd files = mnt::make("tmpfs",
                         labelled({{"source", "rind"}, {"mode", "0755"}, {"size", "64k"}}, label_),
                         kLocked);
    sys::make_file(files.get(), "empty", "", 0444);
    mnt::set_attributes(files.get(), mnt::kReadOnly, false, "the empty file");
    mnt::attach(files.get(), rootfs_, "the rootfs");
    files_ = std::move(files);
  }
  const Fd file = sys::open(files_.get(), "empty", O_PATH | O_NOFOLLOW);
  return mnt::clone_tree(file.get(), false, path);
}

}  // namespace rind::hook
