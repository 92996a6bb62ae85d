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
constexpr std::span<const struct sock_filter> kNative = filters::kX86_64Native;
constexpr std::span<const struct sock_filter> kMultiarch = filters::kX86_64Multiarch;
constexpr std::span<const struct sock_filter> kNoNetwork = filters::kX86_64NoNetwork;
constexpr std::span<const struct sock_filter> kSecond = filters::kX86_64Second;
constexpr std::span<const struct sock_filter> kModes = filters::kX86_64Modes;
constexpr std::span<const struct sock_filter> kSecondNoCore = filters::kX86_64SecondNoCore;
constexpr std::span<const struct sock_filter> kSecondRoot = filters::kX86_64SecondRoot;
constexpr std::span<const struct sock_filter> kSecondRootNoCore = filters::kX86_64SecondRootNoCore;
#elif defined(__aarch64__) && !defined(__ILP32__)
constexpr std::span<const struct sock_filter> kNative = filters::kAarch64Native;
constexpr std::span<const struct sock_filter> kMultiarch = filters::kAarch64Multiarch;
constexpr std::span<const struct sock_filter> kNoNetwork = filters::kAarch64NoNetwork;
constexpr std::span<const struct sock_filter> kSecond = filters::kAarch64Second;
constexpr std::span<const struct sock_filter> kModes = filters::kAarch64Modes;
constexpr std::span<const struct sock_filter> kSecondNoCore = filters::kAarch64SecondNoCore;
constexpr std::span<const struct sock_filter> kSecondRoot = filters::kAarch64SecondRoot;
constexpr std::span<const struct sock_filter> kSecondRootNoCore = filters::kAarch64SecondRootNoCore;
#else
#error "helper/pid1/filter/make_filter.cpp makes no filter for this architecture"
#endif

long set_filter(std::span<const struct sock_filter> program, unsigned flags) {
  // The kernel only reads the program, but struct sock_fprog has no const.
  const struct sock_fprog filter = {static_cast<unsigned short>(program.size()),
                                    const_cast<struct sock_filter*>(program.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
}

void install(std::span<const struct sock_filter> program, const std::string& name) {
  if (set_filter(program, 0) != 0) throw_errno("install the seccomp filter", name);
}

}  // namespace

void install_filter(SeccompProfile profile, bool no_core, bool root) {
  if (profile == SeccompProfile::kNone) return;
  const auto plain = no_core ? kSecondNoCore : kSecond;
  const auto for_root = no_core ? kSecondRootNoCore : kSecondRoot;
  install(root ? for_root : plain, "for single arguments");
  install(profile == SeccompProfile::kMultiarch ? kMultiarch : kNative, to_string(profile));
}

int install_mode_filter() {
  // Since Linux 5.19: a signal that does not kill the caller waits for the answer.
  constexpr unsigned kWaitKillable = 1U << 5;
  long listener = set_filter(kModes, SECCOMP_FILTER_FLAG_NEW_LISTENER | kWaitKillable);
  if (listener < 0 && errno == EINVAL) {
    listener = set_filter(kModes, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  }
  return listener < 0 ? -errno : static_cast<int>(listener);
}

void deny_network() { install(kNoNetwork, "without network"); }

}  // namespace rind
