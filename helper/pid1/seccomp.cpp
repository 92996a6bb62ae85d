#include "helper/pid1/seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

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
constexpr std::span<const struct sock_filter> kSecondNoCore = filters::kX86_64SecondNoCore;
constexpr std::span<const struct sock_filter> kSecondRoot = filters::kX86_64SecondRoot;
constexpr std::span<const struct sock_filter> kSecondRootNoCore = filters::kX86_64SecondRootNoCore;
#elif defined(__aarch64__) && !defined(__ILP32__)
constexpr std::span<const struct sock_filter> kNative = filters::kAarch64Native;
constexpr std::span<const struct sock_filter> kMultiarch = filters::kAarch64Multiarch;
constexpr std::span<const struct sock_filter> kNoNetwork = filters::kAarch64NoNetwork;
constexpr std::span<const struct sock_filter> kSecond = filters::kAarch64Second;
constexpr std::span<const struct sock_filter> kSecondNoCore = filters::kAarch64SecondNoCore;
constexpr std::span<const struct sock_filter> kSecondRoot = filters::kAarch64SecondRoot;
constexpr std::span<const struct sock_filter> kSecondRootNoCore = filters::kAarch64SecondRootNoCore;
#else
#error "helper/pid1/filter/make_filter.cpp makes no filter for this architecture"
#endif

void install(std::span<const struct sock_filter> program, const std::string& name) {
  // The kernel only reads the program, but struct sock_fprog has no const.
  const struct sock_fprog filter = {static_cast<unsigned short>(program.size()),
                                    const_cast<struct sock_filter*>(program.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
    throw_errno("install the seccomp filter", name);
  }
}

}  // namespace

void install_filter(SeccompProfile profile, bool no_core, bool root) {
  if (profile == SeccompProfile::kNone) return;
  const auto plain = no_core ? kSecondNoCore : kSecond;
  const auto for_root = no_core ? kSecondRootNoCore : kSecondRoot;
  install(root ? for_root : plain, "for single arguments");
  install(profile == SeccompProfile::kMultiarch ? kMultiarch : kNative, to_string(profile));
}

void deny_network() { install(kNoNetwork, "without network"); }

}  // namespace rind
