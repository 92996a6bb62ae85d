#include "helper/pid1/mode_guard.h"

#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>

#include "helper/pid1/filter/variants.h"
#include "tests/unit/support.h"

using namespace rind;

namespace {

// The entry points of which a program sends the guard its calls.
std::vector<uint32_t> all_entry_points() {
  std::vector<uint32_t> all;
  for (const auto& machine : filter::kMachines) {
    const filter::Variant modes = {filter::Kind::kModes, true};
    for (const uint32_t arch : filter::architectures(machine, modes)) all.push_back(arch);
  }
  return all;
}

}  // namespace

// The numbers that helper/pid1/mode_guard.cpp knows are those of libseccomp.
TEST_CASE("mode guard: which call it is, on every architecture") {
  for (const uint32_t arch : all_entry_points()) {
    const auto call = [&](const char* name, const uint64_t(&arguments)[6]) {
      const int number = seccomp_syscall_resolve_name_arch(arch, name);
      return number < 0 ? ModeCall{} : mode_call(arch, number, arguments);
    };
    INFO(arch);
    const ModeCall chmod = call("chmod", {0x1000, 04755, 9, 9, 9, 9});
    if (arch != SCMP_ARCH_AARCH64) {
      CHECK(chmod.kind == ModeCall::Kind::kPath);
      CHECK(chmod.directory == AT_FDCWD);
      CHECK(chmod.path == 0x1000);
      CHECK(chmod.mode == 04755);
      CHECK(chmod.flags == 0);
    }
    const ModeCall fchmod = call("fchmod", {7, 02755, 9, 9, 9, 9});
    CHECK(fchmod.kind == ModeCall::Kind::kDescriptor);
    CHECK(fchmod.directory == 7);
    CHECK(fchmod.mode == 02755);
    // A 32-bit caller's -100.
    const ModeCall fchmodat = call("fchmodat", {0xffffff9c, 0x2000, 06755, 0x100, 9, 9});
    CHECK(fchmodat.kind == ModeCall::Kind::kPath);
    CHECK(fchmodat.directory == AT_FDCWD);
    CHECK(fchmodat.path == 0x2000);
    CHECK(fchmodat.mode == 06755);
    CHECK(fchmodat.flags == 0);
    const uint64_t second[6] = {5, 0x3000, 04711, 0x100, 9, 9};
    const ModeCall fchmodat2 = mode_call(arch, 452, second);
    CHECK(fchmodat2.kind == ModeCall::Kind::kPath);
    CHECK(fchmodat2.directory == 5);
    CHECK(fchmodat2.path == 0x3000);
    CHECK(fchmodat2.flags == AT_SYMLINK_NOFOLLOW);
    CHECK(call("openat", {0, 0, 0, 0, 0, 0}).kind == ModeCall::Kind::kUnknown);
  }
  CHECK(mode_call(SCMP_ARCH_MIPS, 15, {0, 0, 0, 0, 0, 0}).kind == ModeCall::Kind::kUnknown);
}

TEST_CASE("mode guard: a caller's own /proc is not pid 1's") {
  CHECK(as_seen_by(7, "/proc/self/fd/3") == "/proc/7/fd/3");
  CHECK(as_seen_by(7, "/proc/thread-self/cwd/x") == "/proc/7/cwd/x");
  CHECK(as_seen_by(7, "/dev/fd/3") == "/proc/7/fd/3");
  CHECK(as_seen_by(7, "/proc/selfish") == "/proc/selfish");
  CHECK(as_seen_by(7, "/data/x") == "/data/x");
}
