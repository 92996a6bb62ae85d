#include "helper/trace/known_calls.h"

#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <string_view>

namespace rind {
namespace {

using Form = KnownCall::Form;
using Want = FailedCall::Want;
constexpr int kNone = KnownCall::kNone, kHere = KnownCall::kHere;

// Calls that came with a newer kernel than the headers.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

// s390x: the flags of clone(2) are its second argument, and mmap(2) has its arguments in memory.
#if defined(__s390x__)
constexpr int kCloneFlags = 1, kMapLength = kNone;
#else
constexpr int kCloneFlags = 0, kMapLength = 1;
#endif

constexpr KnownCall kCalls[] = {
#ifdef SYS_open
    {SYS_open, "open", Form::kPath, Want::kRead, kHere, 0, 1},
    {SYS_creat, "creat", Form::kPath, Want::kWrite, kHere, 0},
    {SYS_stat, "stat", Form::kPath, Want::kLook, kHere, 0},
    {SYS_lstat, "lstat", Form::kPath, Want::kLook, kHere, 0},
    {SYS_access, "access", Form::kPath, Want::kLook, kHere, 0, 1},
    {SYS_readlink, "readlink", Form::kPath, Want::kLook, kHere, 0},
    {SYS_mkdir, "mkdir", Form::kPath, Want::kCreate, kHere, 0},
    {SYS_mknod, "mknod", Form::kPath, Want::kCreate, kHere, 0},
    {SYS_symlink, "symlink", Form::kPath, Want::kCreate, kHere, 1},
    {SYS_unlink, "unlink", Form::kPath, Want::kRemove, kHere, 0},
    {SYS_rmdir, "rmdir", Form::kPath, Want::kRemove, kHere, 0},
    {SYS_chmod, "chmod", Form::kPath, Want::kChange, kHere, 0},
    {SYS_chown, "chown", Form::kPath, Want::kChange, kHere, 0},
    {SYS_lchown, "lchown", Form::kPath, Want::kChange, kHere, 0},
    {SYS_utime, "utime", Form::kPath, Want::kChange, kHere, 0},
    {SYS_utimes, "utimes", Form::kPath, Want::kChange, kHere, 0},
    {SYS_rename, "rename", Form::kTwoPaths, Want::kRename, kHere, 0, kNone, kHere, 1},
    {SYS_link, "link", Form::kTwoPaths, Want::kRename, kHere, 0, kNone, kHere, 1},
    {SYS_fork, "fork", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_vfork, "fork", Form::kNumber, Want::kCall, kHere, kNone},
#endif
#ifdef SYS_renameat
    {SYS_renameat, "rename", Form::kTwoPaths, Want::kRename, 0, 1, kNone, 2, 3},
#endif
    {SYS_openat, "open", Form::kPath, Want::kRead, 0, 1, 2},
    {SYS_openat2, "open", Form::kPath, Want::kRead, 0, 1},
    {SYS_newfstatat, "stat", Form::kPath, Want::kLook, 0, 1},
    {SYS_statx, "stat", Form::kPath, Want::kLook, 0, 1},
    {SYS_faccessat, "access", Form::kPath, Want::kLook, 0, 1, 2},
    {SYS_faccessat2, "access", Form::kPath, Want::kLook, 0, 1, 2},
    {SYS_readlinkat, "readlink", Form::kPath, Want::kLook, 0, 1},
    {SYS_chdir, "chdir", Form::kPath, Want::kRead, kHere, 0},
    {SYS_execve, "execute", Form::kPath, Want::kExecute, kHere, 0},
    {SYS_execveat, "execute", Form::kPath, Want::kExecute, 0, 1},
    {SYS_mkdirat, "mkdir", Form::kPath, Want::kCreate, 0, 1},
    {SYS_mknodat, "mknod", Form::kPath, Want::kCreate, 0, 1},
    {SYS_symlinkat, "symlink", Form::kPath, Want::kCreate, 1, 2},
    {SYS_unlinkat, "unlink", Form::kPath, Want::kRemove, 0, 1},
    {SYS_truncate, "truncate", Form::kPath, Want::kWrite, kHere, 0},
    {SYS_fchmodat, "chmod", Form::kPath, Want::kChange, 0, 1},
    {SYS_fchmodat2, "chmod", Form::kPath, Want::kChange, 0, 1},
    {SYS_fchownat, "chown", Form::kPath, Want::kChange, 0, 1},
    {SYS_utimensat, "utimensat", Form::kPath, Want::kChange, 0, 1},
    {SYS_renameat2, "rename", Form::kTwoPaths, Want::kRename, 0, 1, kNone, 2, 3},
    {SYS_linkat, "link", Form::kTwoPaths, Want::kRename, 0, 1, kNone, 2, 3},
    {SYS_setxattr, "setxattr", Form::kPath, Want::kCall, kHere, 0},
    {SYS_lsetxattr, "setxattr", Form::kPath, Want::kCall, kHere, 0},
    {SYS_fsetxattr, "setxattr", Form::kDescriptor, Want::kCall, 0, kNone},
    {SYS_fchmod, "chmod", Form::kDescriptor, Want::kChange, 0, kNone},
    {SYS_fchown, "chown", Form::kDescriptor, Want::kChange, 0, kNone},
    {SYS_write, "write", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_writev, "write", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_pwrite64, "write", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_pwritev, "write", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_ftruncate, "truncate", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_fallocate, "fallocate", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_copy_file_range, "copy_file_range", Form::kDescriptor, Want::kWrite, 2, kNone},
    {SYS_sendfile, "sendfile", Form::kDescriptor, Want::kWrite, 0, kNone},
    {SYS_connect, "connect", Form::kAddress, Want::kConnect, 0, 1, kNone, kHere, 2},
    {SYS_sendto, "send", Form::kAddress, Want::kConnect, 0, 4, kNone, kHere, 5},
    {SYS_bind, "bind", Form::kAddress, Want::kCreate, 0, 1, kNone, kHere, 2},
    {SYS_socket, "socket", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_clone, "clone", Form::kNumber, Want::kCall, kHere, kCloneFlags},
    {SYS_unshare, "unshare", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_setns, "setns", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_mount, "mount", Form::kPath, Want::kCall, kHere, 1},
    {SYS_umount2, "umount", Form::kPath, Want::kCall, kHere, 0},
    {SYS_open_tree, "open_tree", Form::kPath, Want::kCall, 0, 1},
    {SYS_move_mount, "move_mount", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_fsopen, "fsopen", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_mount_setattr, "mount_setattr", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_chroot, "chroot", Form::kPath, Want::kCall, kHere, 0},
    {SYS_pivot_root, "pivot_root", Form::kPath, Want::kCall, kHere, 0},
    {SYS_name_to_handle_at, "name_to_handle_at", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_open_by_handle_at, "open_by_handle_at", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_keyctl, "keyctl", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_add_key, "add_key", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_request_key, "request_key", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_bpf, "bpf", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_fanotify_init, "fanotify_init", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_io_uring_setup, "io_uring_setup", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_perf_event_open, "perf_event_open", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_userfaultfd, "userfaultfd", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_vmsplice, "vmsplice", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_move_pages, "move_pages", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_migrate_pages, "migrate_pages", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_kcmp, "kcmp", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_pidfd_getfd, "pidfd_getfd", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_process_madvise, "process_madvise", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_ptrace, "ptrace", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_process_vm_readv, "process_vm_readv", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_kill, "kill", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_sethostname, "sethostname", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_setdomainname, "setdomainname", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_clock_settime, "clock_settime", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_settimeofday, "settimeofday", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_adjtimex, "adjtimex", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_syslog, "syslog", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_swapon, "swapon", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_reboot, "reboot", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_init_module, "init_module", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_finit_module, "finit_module", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_acct, "acct", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_quotactl, "quotactl", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_setpriority, "setpriority", Form::kNumber, Want::kCall, kHere, 2},
    {SYS_ioprio_set, "ioprio_set", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_sched_setscheduler, "sched_setscheduler", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_sched_setattr, "sched_setattr", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_sched_setparam, "sched_setparam", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_setrlimit, "setrlimit", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_prlimit64, "setrlimit", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_prctl, "prctl", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_capset, "capset", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_setuid, "setuid", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_setgid, "setgid", Form::kNumber, Want::kCall, kHere, 0},
    {SYS_setreuid, "setreuid", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_setregid, "setregid", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_setresuid, "setresuid", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_setresgid, "setresgid", Form::kNumber, Want::kCall, kHere, 1},
    {SYS_setgroups, "setgroups", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_mlock, "mlock", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_mlockall, "mlockall", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_mmap, "mmap", Form::kNumber, Want::kCall, kHere, kMapLength},
    {SYS_mremap, "mremap", Form::kNumber, Want::kCall, kHere, 2},
    {SYS_pipe2, "pipe", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_dup, "dup", Form::kNumber, Want::kCall, kHere, kNone},
    {SYS_epoll_create1, "epoll_create", Form::kNumber, Want::kCall, kHere, kNone},
};

template <size_t N>
bool is_one_of(int code, const std::array<int, N>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

const KnownCall* known_call(long number) {
  const auto* const found = std::find_if(std::begin(kCalls), std::end(kCalls),
                                         [&](const auto& call) { return call.number == number; });
  return found == std::end(kCalls) ? nullptr : found;
}

bool is_denial(const KnownCall& call, int code) {
  constexpr std::array kAlways = {EPERM, EACCES, EROFS};
  constexpr std::array kRoom = {ENOSPC, EDQUOT};
  if (is_one_of(code, kAlways)) return true;
  switch (call.form) {
    case Form::kPath:
    case Form::kTwoPaths: {
      constexpr std::array kPaths = {ENOENT, ENXIO, ENODEV, EXDEV,  EMFILE,
                                     ENFILE, EBUSY, EINVAL, ENOSYS, ENOTDIR};
      if (is_one_of(code, kRoom)) return true;
      // A file system without ids answers EINVAL to chown(2).
      if (code == EINVAL) return call.want == Want::kChange;
      if (code == ENOSYS) return call.want == Want::kCall;
      return is_one_of(code, kPaths);
    }
    case Form::kDescriptor:
      return is_one_of(code, kRoom) || (code == EINVAL && call.want == Want::kChange);
    case Form::kAddress: {
      constexpr std::array kNetwork = {ECONNREFUSED, ENETUNREACH,  EHOSTUNREACH, EADDRNOTAVAIL,
                                       ENOENT,       EAFNOSUPPORT, ETIMEDOUT,    EINPROGRESS};
      // EINPROGRESS: the kernel tells the result later.
      return is_one_of(code, kNetwork);
    }
    case Form::kNumber: {
      constexpr std::array kNumbers = {ENOSYS, EAFNOSUPPORT, EPROTONOSUPPORT,
                                       EAGAIN, ENOMEM,       EMFILE};
      if (code == ESRCH) return call.path != KnownCall::kNone;
      // setuid(2) and its kin to an id that is not mapped.
      if (code == EINVAL) return std::string_view(call.name).ends_with("id");
      return is_one_of(code, kNumbers);
    }
  }
  return false;
}

}  // namespace rind
