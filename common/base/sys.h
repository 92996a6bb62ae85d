// System calls as functions that throw. One wrapper a call; O_CLOEXEC comes from here.
//
// `path` in the file functions is a path that we made or that lies in a trusted place. A path
// inside a tree that an image or a package wrote is opened by common/base/resolve.h and by nothing
// else.
#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/fd.h"

namespace rind::sys {

// openat(2) with O_CLOEXEC added.
Fd open(int dir, const std::string& path, int flags, mode_t mode = 0);

// The same for what may be absent: an empty Fd where there is nothing at `path` (ENOENT, ENOTDIR).
// No exception is thrown for that: it is the usual case.
Fd try_open(int dir, const std::string& path, int flags);

// openat2(2) with O_CLOEXEC added; retries EAGAIN, which a concurrent rename under RESOLVE_IN_ROOT
// or RESOLVE_BENEATH causes, a bounded number of times.
// resolve: RESOLVE_* of <linux/openat2.h>.
Fd open2(int dir, const std::string& path, int flags, uint64_t resolve, mode_t mode = 0);

// The whole file from its current offset. Throws Error when it has more than `limit` bytes.
// name: for messages.
std::string read_all(int fd, size_t limit, const std::string& name);
// The whole file at `path`, which a fifo's writer cannot delay. Throws as open and read_all.
std::string read_file(const std::string& path, size_t limit);
// The same; nothing where there is no such file.
std::optional<std::string> try_read_file(const std::string& path, size_t limit);
void write_all(int fd, std::string_view data, const std::string& name);

void make_directory(int dir, const std::string& name, mode_t mode);
void make_symlink(const std::string& target, int dir, const std::string& name);
// A new file (O_EXCL) with this content. The mode is exact, whatever the umask.
void make_file(int dir, const std::string& name, std::string_view content, mode_t mode);

// renameat2(2) with RENAME_NOREPLACE; false when `new_name` is there. On file systems that do not
// know the flag, a look and a rename: for directories that nobody else changes.
bool rename_new(int old_dir, const std::string& old_name, int new_dir, const std::string& new_name);

// Calls `use` for each entry of the open directory (O_PATH will do) but "." and "..", until it says
// false. name: for messages. A tree's maker may have made millions: nothing is kept.
void for_each_entry(int directory, const std::string& name,
                    const std::function<bool(const dirent&)>& use);

// DT_* of an entry of the open directory `directory`. xfs without ftype, ext4 without filetype, and
// some FUSE and network file systems tell none in readdir(3): it is looked up then. DT_UNKNOWN when
// the entry is gone.
unsigned char entry_type(int directory, const dirent& entry);

struct stat stat_fd(int fd, const std::string& name);
// The kernel's path of an open descriptor, relative to this process's root.
std::string path_of(int fd);
// readlinkat(2) on a path, up to PATH_MAX.
std::string read_link(int dir, const std::string& path);

// What statx(2) knows of mounts: the id of the mount that `fd` lies in, and whether `fd` is its
// root.
struct MountPlace {
  uint64_t mount_id = 0;
  bool is_root = false;
};
MountPlace mount_place(int fd, const std::string& name);

// pidfd_open(2). Throws SysError (ESRCH) when there is no such process.
Fd pidfd_open(pid_t pid);
// True while the process behind `pidfd` has not ended.
bool pidfd_alive(int pidfd);
// setns(2).
void set_namespace(int fd, int type, const std::string& name);
// PR_SET_DUMPABLE 0: nobody without CAP_SYS_PTRACE opens this process's memory, exe, cwd or root.
void set_undumpable();
// Gives 0, 1 and 2 something where the caller has closed them: /dev/null. The next file that is
// opened would otherwise be a standard stream, and be written to as one. First thing in main. They
// are closed again in a program that is executed, as they were.
void fill_standard_streams();
// Closes every descriptor from `first` on.
void close_from(unsigned first);
// Closes every descriptor from `first` on but these two.
void close_all_but(unsigned first, int one, int other);
// A pipe with O_CLOEXEC at both ends.
struct Pipe {
  Fd read_end, write_end;
};
Pipe make_pipe();
// waitpid(2) with EINTR retried. Returns the wait status.
int wait_for(pid_t pid);

}  // namespace rind::sys
