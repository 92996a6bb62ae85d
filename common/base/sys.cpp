#include "common/base/sys.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <memory>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/read_entries.h"
#include "common/base/try_open.h"

namespace rind::sys {

Fd open(int dir, const std::string& path, int flags, mode_t mode) {
  Fd fd(::openat(dir, path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) throw_errno("open", path);
  return fd;
}

Fd try_open(int dir, const std::string& path, int flags) {
  Fd fd(::openat(dir, path.c_str(), flags | O_CLOEXEC));
  if (!fd && errno != ENOENT && errno != ENOTDIR) throw_errno("open", path);
  return fd;
}

namespace {

// Returns an empty Fd on an error; errno says which.
Fd openat2_with_retries(int dir, const std::string& path, int flags, uint64_t resolve,
                        mode_t mode) {
  struct open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  // A rename anywhere on the machine can cause EAGAIN. The bound defeats an attacker who renames in
  // a loop.
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    const long fd = ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return {};
}

}  // namespace

Fd open2(int dir, const std::string& path, int flags, uint64_t resolve, mode_t mode) {
  Fd fd = openat2_with_retries(dir, path, flags, resolve, mode);
  if (!fd) throw_errno("open", path);
  return fd;
}

Fd try_open2(int dir, const std::string& path, int flags, uint64_t resolve) {
  int error = 0;
  Fd fd = try_open2(dir, path, flags, resolve, error);
  if (!fd && error != ENOENT) throw SysError("open", path, error);
  return fd;
}

Fd try_open2(int dir, const std::string& path, int flags, uint64_t resolve, int& error) {
  Fd fd = openat2_with_retries(dir, path, flags, resolve, 0);
  if (!fd) error = errno;
  return fd;
}

std::string read_all(int fd, size_t limit, const std::string& name) {
  std::string out;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read", name);
    if (n == 0) return out;
    out.append(buffer, static_cast<size_t>(n));
    if (out.size() > limit) {
      throw Error("read " + name, "it is larger than " + std::to_string(limit) + " bytes",
                  "make it smaller: Rind reads no more of such a file");
    }
  }
}

std::string read_file(const std::string& path, size_t limit) {
  return read_all(open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK).get(), limit, path);
}

std::optional<std::string> try_read_file(const std::string& path, size_t limit) {
  const Fd fd = try_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK);
  if (!fd) return std::nullopt;
  return read_all(fd.get(), limit, path);
}

void write_all(int fd, std::string_view data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("write", name);
    data.remove_prefix(static_cast<size_t>(n));
  }
}

void make_directory(int dir, const std::string& name, mode_t mode) {
  if (::mkdirat(dir, name.c_str(), mode) != 0) throw_errno("make directory", name);
}

void make_symlink(const std::string& target, int dir, const std::string& name) {
  if (::symlinkat(target.c_str(), dir, name.c_str()) != 0) throw_errno("make symlink", name);
}

void make_file(int dir, const std::string& name, std::string_view content, mode_t mode) {
  const Fd fd = open(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  write_all(fd.get(), content, name);
  if (::fchmod(fd.get(), mode) != 0) throw_errno("set mode of", name);
}

bool rename_new(int old_dir, const std::string& old_name, int new_dir,
                const std::string& new_name) {
  if (::renameat2(old_dir, old_name.c_str(), new_dir, new_name.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno == EEXIST || errno == ENOTEMPTY) return false;
  if (errno != EINVAL) throw_errno("rename", old_name);
  struct stat st = {};
  if (try_lstat(new_dir, new_name, st)) return false;
  if (::renameat(old_dir, old_name.c_str(), new_dir, new_name.c_str()) != 0) {
    throw_errno("rename", old_name);
  }
  return true;
}

void for_each_entry(int directory, const std::string& name,
                    const std::function<bool(const dirent&)>& use) {
  const Fd readable = open(directory, ".", O_RDONLY | O_DIRECTORY);
  const auto room = std::make_unique_for_overwrite<DirectoryRoom>();
  read_entries(readable.get(), name, *room, use);
}

bool is_empty(int directory, const std::string& name) {
  bool empty = true;
  for_each_entry(directory, name, [&](const dirent&) { return empty = false; });
  return empty;
}

unsigned char entry_type(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type;
  struct stat st = {};
  if (!try_lstat(directory, entry.d_name, st)) return DT_UNKNOWN;
  return static_cast<unsigned char>(IFTODT(st.st_mode));
}

struct stat stat_fd(int fd, const std::string& name) {
  struct stat st = {};
  if (::fstatat(fd, "", &st, AT_EMPTY_PATH) != 0) throw_errno("stat", name);
  return st;
}

std::string path_of(int fd) { return read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd)); }

std::string read_link(int dir, const std::string& path) {
  char buffer[PATH_MAX];
  const ssize_t n = ::readlinkat(dir, path.c_str(), buffer, sizeof buffer);
  if (n < 0) throw_errno("read link", path);
  if (n == static_cast<ssize_t>(sizeof buffer)) {
    errno = ENAMETOOLONG;
    throw_errno("read link", path);
  }
  return std::string(buffer, static_cast<size_t>(n));
}

MountPlace mount_place(int fd, const std::string& name) {
  struct statx stx = {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) != 0) throw_errno("statx", name);
  // Where a filter answers ENOSYS the C library asks by fstat(2), which knows no mounts.
  if ((stx.stx_mask & STATX_MNT_ID) == 0) throw SysError("statx", name, ENOSYS);
  return {stx.stx_mnt_id, (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0};
}

Fd pidfd_open(pid_t pid) {
  const long fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) throw_errno("open process", std::to_string(pid));
  return Fd(static_cast<int>(fd));
}

bool pidfd_alive(int pidfd) {
  struct pollfd p = {pidfd, POLLIN, 0};
  const int n = ::poll(&p, 1, 0);
  if (n < 0) throw_errno("poll", "pidfd");
  return n == 0;
}

void set_namespace(int fd, int type, const std::string& name) {
  if (::setns(fd, type) != 0) throw_errno("join namespace", name);
}

void set_undumpable() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_DUMPABLE");
}

namespace {

// The status is that of Rind's own errors. Standard error may be what cannot be filled.
[[noreturn]] void end_without_streams() {
  constexpr int kExitOwnError = 125;
  constexpr std::string_view kText =
      "rind: fill the standard streams: /dev/null and / cannot be opened; give the process open "
      "files (ulimit -n) and memory\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, kText.data(), kText.size());
  ::_exit(kExitOwnError);
}

}  // namespace

void fill_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    if (errno != EBADF) end_without_streams();
    // open(2) returns the lowest free number, which is this one.
    if (::open("/dev/null", O_RDWR | O_CLOEXEC) == stream) continue;
    // Without /dev/null: an O_PATH descriptor can be neither read nor written.
    if (::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) != stream) end_without_streams();
  }
}

void close_from(unsigned first) {
  if (::syscall(SYS_close_range, first, ~0U, 0) != 0) throw_errno("close_range");
}

void close_all_but(unsigned first, std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  const auto close = [](unsigned from, unsigned to) {
    if (from <= to && ::syscall(SYS_close_range, from, to, 0) != 0)
      throw_errno("close descriptors");
  };
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (fd < 0 || number < first) continue;
    if (number > first) close(first, number - 1);
    first = number + 1;
  }
  close(first, ~0U);
}

Pipe make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw_errno("make pipe");
  return {Fd(fds[0]), Fd(fds[1])};
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("wait for", std::to_string(pid));
  }
  return status;
}

int64_t monotonic_milliseconds() {
  struct timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000} + now.tv_nsec / 1'000'000;
}

}  // namespace rind::sys
