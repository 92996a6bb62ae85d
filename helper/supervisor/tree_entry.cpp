#include "helper/supervisor/tree_entry.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "common/base/error.h"

namespace rind {
namespace {

int64_t nanoseconds(int64_t seconds, int64_t rest) { return seconds * 1'000'000'000 + rest; }

int64_t time_of(clockid_t clock) {
  struct timespec now = {};
  ::clock_gettime(clock, &now);
  return nanoseconds(now.tv_sec, now.tv_nsec);
}

}  // namespace

bool look_at(int directory, const char* name, struct statx& st) {
  // AT_STATX_DONT_SYNC: do not ask the server of a network file system.
  return ::syscall(SYS_statx, directory, name,
                   AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                   STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO |
                       STATX_BTIME | STATX_MTIME,
                   &st) == 0;
}

struct statx look_at(int fd) {
  struct statx st = {};
  if (!look_at(fd, "", st)) throw_errno("look at", "a directory");
  return st;
}

FileIdentity identity_of(const struct statx& st) {
  return {::makedev(st.stx_dev_major, st.stx_dev_minor), st.stx_ino};
}

int64_t time_of_files() { return time_of(CLOCK_REALTIME_COARSE); }

int64_t time_now() { return time_of(CLOCK_REALTIME); }

TreeEntry entry_of(int directory, const char* name, const struct statx& st) {
  TreeEntry entry;
  entry.owner = {st.stx_uid, st.stx_gid};
  entry.mode = st.stx_mode;
  entry.identity = identity_of(st);
  if ((st.stx_mask & STATX_BTIME) != 0) {
    entry.birth = nanoseconds(st.stx_btime.tv_sec, st.stx_btime.tv_nsec);
  }
  entry.directory = directory;
  entry.name = name;
  return entry;
}

int64_t changed_at(const struct statx& directory) {
  return nanoseconds(directory.stx_mtime.tv_sec, directory.stx_mtime.tv_nsec);
}

TreeEntry look_at_entry(int held) {
  TreeEntry entry = entry_of(held, "", look_at(held));
  entry.held = held;
  return entry;
}

}  // namespace rind
