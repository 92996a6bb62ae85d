#include "common/base/look.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "common/base/error.h"

namespace rind::sys {
namespace {

bool try_stat_at(int dir, const std::string& path, int flags, struct stat& st) {
  if (::fstatat(dir, path.c_str(), &st, flags) == 0) return true;
  if (is_no_answer(errno)) throw_errno("look at", path);
  return false;
}

}  // namespace

bool is_no_answer(int error) {
  static constexpr int kAnswers[] = {
      ENOENT,  ENOTDIR,    EISDIR, EACCES, ELOOP,   ENAMETOOLONG,
      EXDEV,   ENXIO,      ENODEV, EROFS,  ETXTBSY,  // access(2) and open(2)
      ENODATA, EOPNOTSUPP, ERANGE,                   // getxattr(2)
      EINVAL,                                        // readlink(2) of what is no link
      ESRCH,                                         // of a process in /proc that has ended
  };
  return std::find(std::begin(kAnswers), std::end(kAnswers), error) == std::end(kAnswers);
}

bool try_stat(const std::string& path, struct stat& st) {
  return try_stat_at(AT_FDCWD, path, 0, st);
}

bool try_lstat(const std::string& path, struct stat& st) {
  return try_stat_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, st);
}

bool try_lstat(int dir, const std::string& name, struct stat& st) {
  return try_stat_at(dir, name, AT_SYMLINK_NOFOLLOW, st);
}

bool may_access(const std::string& path, int mode, int flags) {
  return may_access(AT_FDCWD, path, mode, flags);
}

bool may_access(int dir, const std::string& path, int mode, int flags) {
  if (::faccessat(dir, path.c_str(), mode, flags) == 0) return true;
  // An immutable file, such as a directory of /proc.
  if (errno == EPERM && (mode & W_OK) != 0) return false;
  if (is_no_answer(errno)) throw_errno("look at", path);
  return false;
}

Fd open_if_any(int dir, const std::string& path, int flags) {
  Fd fd(::openat(dir, path.c_str(), flags | O_CLOEXEC));
  if (!fd && is_no_answer(errno)) throw_errno("open", path);
  return fd;
}

}  // namespace rind::sys
