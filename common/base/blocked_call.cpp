#include "common/base/blocked_call.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace rind {
namespace {

struct Call {
  const char* name;
  long number;
  long arguments[5];
  bool of_mount_rights;  // the kernel asks for CAP_SYS_ADMIN before it looks at the arguments
};

constexpr long kNone = -1, kNoSuchFlags = 0xffffffffL;

// Each has arguments that the kernel refuses with EINVAL.
constexpr Call kCalls[] = {
    {"openat2", SYS_openat2, {kNone, 0, 0, 0}, false},
    {"clone3", SYS_clone3, {0, 0}, false},
    {"open_tree", SYS_open_tree, {kNone, 0, kNoSuchFlags}, false},
    {"mount_setattr", SYS_mount_setattr, {kNone, 0, kNoSuchFlags, 0, 0}, false},
    {"move_mount", SYS_move_mount, {kNone, 0, kNone, 0, kNoSuchFlags}, true},
    {"fsopen", SYS_fsopen, {0, kNoSuchFlags}, true},
    {"fsconfig", SYS_fsconfig, {kNone, kNoSuchFlags}, false},
    {"fsmount", SYS_fsmount, {kNone, kNoSuchFlags, 0}, true},
    {"umount2", SYS_umount2, {0, kNoSuchFlags}, false},
    {"pidfd_open", SYS_pidfd_open, {kNone, 0}, false},
    {"close_range", SYS_close_range, {1, 0, 0}, false},
    {"statx", SYS_statx, {kNone, 0, 0, 0x80000000L, 0}, false},
    {"seccomp", SYS_seccomp, {kNoSuchFlags, 0, 0}, false},
};

bool may_mount() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  return (data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN)) != 0;
}

}  // namespace

const char* blocked_call() {
  const bool mounts = may_mount();
  for (const Call& call : kCalls) {
    const auto& a = call.arguments;
    if (::syscall(call.number, a[0], a[1], a[2], a[3], a[4]) >= 0) continue;
    if (errno == ENOSYS || (errno == EPERM && (mounts || !call.of_mount_rights))) return call.name;
  }
  return nullptr;
}

}  // namespace rind
