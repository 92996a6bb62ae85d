#include "helper/pid1/seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "common/base/error.h"
#include "helper/seccomp_filters.h"

namespace rind {
namespace {

#if defined(__x86_64__) && !defined(__ILP32__)
namespace ours = filters::x86_64;
#elif defined(__aarch64__) && !defined(__ILP32__)
namespace ours = filters::aarch64;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
namespace ours = filters::ppc64le;
#elif defined(__s390x__)
namespace ours = filters::s390x;
#else
#error "helper/pid1/filter/variants.h has no such machine"
#endif

using Program = std::span<const struct sock_filter>;

struct Profile {
  Program plain, no_core, root, root_no_core;

  Program of(bool without_cores, bool for_root) const {
    if (for_root) return without_cores ? root_no_core : root;
    return without_cores ? no_core : plain;
  }
};
constexpr Profile kNative = {ours::kNative, ours::kNativeNoCore, ours::kNativeRoot,
                             ours::kNativeRootNoCore};
constexpr Profile kMultiarch = {ours::kMultiarch, ours::kMultiarchNoCore, ours::kMultiarchRoot,
                                ours::kMultiarchRootNoCore};

long set_filter(Program program, unsigned flags) {
  // The kernel only reads the program, but struct sock_fprog has no const.
  const struct sock_fprog filter = {static_cast<unsigned short>(program.size()),
                                    const_cast<struct sock_filter*>(program.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

void install(Program program, const std::string& name) {
  if (set_filter(program, 0) != 0) throw_errno("install the seccomp filter", name);
}

}  // namespace

void install_filter(SeccompProfile profile, bool no_core, bool root) {
  if (profile == SeccompProfile::kNone) return;
  const Profile& programs = profile == SeccompProfile::kMultiarch ? kMultiarch : kNative;
  install(programs.of(no_core, root), to_string(profile));
}

int install_mode_filter() {
  // Since Linux 5.19: a signal that does not kill the caller waits for the answer.
  constexpr unsigned kWaitKillable = 1U << 5;
  long listener = set_filter(ours::kModes, SECCOMP_FILTER_FLAG_NEW_LISTENER | kWaitKillable);
  if (listener < 0 && errno == EINVAL) {
    listener = set_filter(ours::kModes, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  }
  return listener < 0 ? -errno : static_cast<int>(listener);
}

void deny_network() { install(ours::kNoNetwork, "without network"); }

}  // namespace rind
