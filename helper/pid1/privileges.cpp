#include "helper/pid1/privileges.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/error.h"

namespace rind {

void become(unsigned uid, unsigned gid) {
  if (::setresgid(gid, gid, gid) != 0) throw_errno("take on the step's gid");
  if (::setresuid(uid, uid, uid) != 0) throw_errno("take on the step's uid");
}

void give_up_privileges() {
  // The headers may know fewer capabilities than the kernel: count up until the kernel answers
  // EINVAL.
  for (unsigned long capability = 0;; ++capability) {
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      if (errno == EINVAL && capability > CAP_SETFCAP) break;
      throw_errno("drop from the bounding set");
    }
  }
  // With these bits uid 0 of the namespace is an ordinary uid.
  constexpr unsigned long kBits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                  SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                                  SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (::prctl(PR_SET_SECUREBITS, kBits, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_SECUREBITS");
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const struct __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) throw_errno("drop capabilities");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw_errno("prctl", "PR_SET_NO_NEW_PRIVS");
}

}  // namespace rind
