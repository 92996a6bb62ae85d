#include "hook/kit/helper_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind::hook {
namespace {

constexpr const char* kWhat = "install the kit";

Fd open_helper(const std::string& path) {
  try {
    return sys::open(AT_FDCWD, path, O_PATH | O_NOFOLLOW);
  } catch (const SysError& e) {
    throw Error(kWhat, e.what(),
                "install rind again, or fix the path of --helper in the hook file");
  }
}

}  // namespace

Fd require_helper(const std::string& path) {
  Fd file = open_helper(path);
  const struct stat st = sys::stat_fd(file.get(), path);
  if (!S_ISREG(st.st_mode) || (st.st_mode & (S_ISUID | S_ISGID | S_IWGRP | S_IWOTH)) != 0 ||
      (st.st_mode & S_IXOTH) == 0) {
    throw Error(kWhat, path + " is not a plain program with mode 0755", "install rind again");
  }
  struct statvfs fs = {};
  if (::fstatvfs(file.get(), &fs) != 0) throw_errno("look at the file system of", path);
  if ((fs.f_flag & ST_NOEXEC) != 0) {
    throw Error(kWhat, path + " is on a file system that is mounted noexec",
                "install the helper on another file system, or remount it with exec");
  }
  return file;
}

}  // namespace rind::hook
