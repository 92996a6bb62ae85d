#include "hook/kit/host_record.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "common/base/error.h"
#include "common/base/mount.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "keep records of the container's steps on the host";
constexpr const char* kPlaceRemedy =
    "use a record.directory on a writable file system with owners (and SELinux labels), or set "
    "record.place to \"container\" or \"none\" in the policy";
constexpr mode_t kMode = 0600;
constexpr mode_t kModeBits = 07777;

std::string mode_text(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & kModeBits));
  return text;
}

Fd open_directory(const std::string& path) {
  const std::string remedy = "as the user who starts builders, run: install -d -m 0700 " + path +
                             "; or change record.directory in the policy";
  Fd directory;
  try {
    // Symlinks are refused: the owner of a directory in the path could redirect the file into
    // another directory of root.
    directory = open_canonical(path, O_RDONLY | O_DIRECTORY);
  } catch (const SysError& e) {
    throw Error(
        kWhat, e.what(),
        e.code() == ELOOP ? "set record.directory to a path without symbolic links" : remedy);
  }
  const struct stat st = sys::stat_fd(directory.get(), path);
  if (st.st_uid != ::geteuid()) {
    throw Error(kWhat,
                path + " belongs to uid " + std::to_string(st.st_uid) +
                    ", but the hook runs as uid " + std::to_string(::geteuid()),
                remedy);
  }
  if ((st.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
    throw Error(kWhat,
                path + " has mode " + mode_text(st.st_mode) +
                    ": users other than its owner can write in it or enter it",
                "run: chmod 0700 " + path + " (0750 for a group that reads records)");
  }
  return directory;
}

// Throws Error unless the file is as an earlier start of this container made it.
void require_own(int file, const std::string& path, HostIds owner) {
  const struct stat st = sys::stat_fd(file, path);
  const std::string remedy = "find out which program changed it, and move it away";
  if (!S_ISREG(st.st_mode)) throw Error(kWhat, path + " is not a regular file", remedy);
  if (st.st_nlink != 1) throw Error(kWhat, path + " has other hard links", remedy);
  if (st.st_uid != owner.uid || st.st_gid != owner.gid) {
    throw Error(kWhat,
                path + " belongs to " + std::to_string(st.st_uid) + ":" +
                    std::to_string(st.st_gid) + ", but the container's user is " +
                    std::to_string(owner.uid) + ":" + std::to_string(owner.gid),
                remedy);
  }
  if ((st.st_mode & kModeBits) != kMode) {
    throw Error(kWhat, path + " has mode " + mode_text(st.st_mode) + " instead of 0600", remedy);
  }
}

}  // namespace

void require_record_directory(const std::string& directory) { open_directory(directory); }

void require_record_place(const std::string& directory) {
  const Fd fd = open_directory(directory);
  try {
    // Without a name: nobody sees it, and it is gone when it is closed.
    sys::open(fd.get(), ".", O_TMPFILE | O_RDWR, kMode);
  } catch (const SysError& e) {
    if (e.code() == EOPNOTSUPP || e.code() == EISDIR) return;  // a file system without such files
    throw Error(kWhat, directory + ": " + e.what(), kPlaceRemedy);
  }
}

HostRecord::HostRecord(const std::string& directory, const std::string& name, HostIds owner,
                       const std::string& label)
    : name_(name), path_(directory + "/" + name), directory_(open_directory(directory)) {
  // `rind-hook prune` takes it exclusively. Until the file is mounted in the container it could
  // take it for one that nobody uses.
  if (::flock(directory_.get(), LOCK_SH) != 0) throw_errno("lock", directory);
  try {
    const Fd file = open_file(owner, label);
    tree_ = mnt::clone_tree(file.get(), false, path_);
    mnt::make_private(tree_.get(), mnt::kNoSuid | mnt::kNoDev | mnt::kNoExec, path_);
  } catch (const SysError& e) {
    remove();
    throw Error(kWhat, e.what(), kPlaceRemedy);
  }
}

HostRecord::~HostRecord() { remove(); }

void HostRecord::remove() {
  // A file that cannot be removed is empty and harmless.
  if (made_ && ::unlinkat(directory_.get(), name_.c_str(), 0) != 0) {
    ::unlinkat(directory_.get(), name_.c_str(), 0);
  }
  made_ = false;
}

Fd HostRecord::open_file(HostIds owner, const std::string& label) {
  Fd file;
  try {
    file = sys::open(directory_.get(), name_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, kMode);
  } catch (const SysError& e) {
    if (e.code() != EEXIST) throw;
    // The container was started before. O_PATH: check the file before opening it.
    file = sys::open(directory_.get(), name_, O_PATH | O_NOFOLLOW);
    require_own(file.get(), path_, owner);
    return file;
  }
  made_ = true;
  // Before fchown: only the owner can change a label.
  if (!label.empty() &&
      ::fsetxattr(file.get(), "security.selinux", label.c_str(), label.size() + 1, 0) != 0) {
    throw_errno("set the SELinux label " + label + " of", path_);
  }
  if (::fchmod(file.get(), kMode) != 0) throw_errno("set mode of", path_);
  if (::fchown(file.get(), owner.uid, owner.gid) != 0) throw_errno("change the owner of", path_);
  return file;
}

}  // namespace rind::hook
