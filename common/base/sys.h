// System calls as functions that throw, one wrapper for each call. Every descriptor gets O_CLOEXEC.
//
// The `path` of a file function is in a trusted directory. For a path in a tree that an image or a
// package wrote, use common/base/resolve.h.
#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fd.h"

namespace rind::sys {

// openat(2) with O_CLOEXEC added.
Fd open(int dir, const std::string& path, int flags, mode_t mode = 0);

// The same for a file that may be absent: returns an empty Fd on ENOENT and ENOTDIR. No exception
// is thrown then, because it is the usual case.
Fd try_open(int dir, const std::string& path, int flags);

// openat2(2) with O_CLOEXEC added. With RESOLVE_IN_ROOT or RESOLVE_BENEATH, a concurrent rename
// causes EAGAIN: the call is retried a bounded number of times.
// resolve: RESOLVE_* of <linux/openat2.h>.
Fd open2(int dir, const std::string& path, int flags, uint64_t resolve, mode_t mode = 0);

// The same; an empty Fd, and no exception, on ENOENT.
Fd try_open2(int dir, const std::string& path, int flags, uint64_t resolve);

// Reads the file from its current offset to its end. Throws Error when that is more than `limit`
// bytes. name: for messages.
std::string read_all(int fd, size_t limit, const std::string& name);
// Reads the whole file at `path`. O_NONBLOCK: opening a fifo would block. Throws as open and
// read_all.
std::string read_file(const std::string& path, size_t limit);
// The same; nothing when the file does not exist.
std::optional<std::string> try_read_file(const std::string& path, size_t limit);
void write_all(int fd, std::string_view data, const std::string& name);

void make_directory(int dir, const std::string& name, mode_t mode);
void make_symlink(const std::string& target, int dir, const std::string& name);
// Creates a file (O_EXCL) with this content. The umask does not change its mode.
void make_file(int dir, const std::string& name, std::string_view content, mode_t mode);

// renameat2(2) with RENAME_NOREPLACE; false when `new_name` exists. On file systems without that
// flag, it checks first and then renames: no other process may change the directory meanwhile.
bool rename_new(int old_dir, const std::string& old_name, int new_dir, const std::string& new_name);

// Calls `use` for each entry of the open directory (O_PATH suffices) except "." and "..", until
// `use` returns false. A directory that has been removed has none. name: for messages. The entries
// are not collected: there may be millions.
void for_each_entry(int directory, const std::string& name,
                    const std::function<bool(const dirent&)>& use);
// True for an open directory without entries. name: for messages. Throws SysError.
bool is_empty(int directory, const std::string& name);

// DT_* of an entry of the open directory `directory`. On xfs without ftype, ext4 without filetype,
// and some FUSE and network file systems, readdir(3) does not return the type; then this function
// calls fstatat(2). DT_UNKNOWN when the entry no longer exists.
unsigned char entry_type(int directory, const dirent& entry);

struct stat stat_fd(int fd, const std::string& name);
// The kernel's path of an open descriptor, relative to this process's root.
std::string path_of(int fd);
// readlinkat(2). Throws SysError (ENAMETOOLONG) from PATH_MAX on.
std::string read_link(int dir, const std::string& path);

// From statx(2): the id of the mount that contains `fd`, and whether `fd` is the mount's root.
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
// PR_SET_DUMPABLE 0: only processes with CAP_SYS_PTRACE can open this one's memory, exe, cwd and
// root.
void set_undumpable();
// Opens /dev/null as each of the descriptors 0, 1 and 2 that the caller has closed. Otherwise the
// next opened file would become a standard stream and receive output: ends the process where that
// fails. Call it first in main. A program that is executed gets them closed, as they were.
void fill_standard_streams();
// Closes every descriptor from `first` on.
void close_from(unsigned first);
// Closes every descriptor from `first` on except `kept`; negative ones are ignored.
void close_all_but(unsigned first, std::vector<int> kept);
// A pipe with O_CLOEXEC at both ends.
struct Pipe {
  Fd read_end, write_end;
};
Pipe make_pipe();
// waitpid(2) with EINTR retried. Returns the wait status.
int wait_for(pid_t pid);

// The time of CLOCK_MONOTONIC, in milliseconds.
int64_t monotonic_milliseconds();

}  // namespace rind::sys
