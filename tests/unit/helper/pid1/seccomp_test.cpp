// The seccomp programs, of every architecture whatever this machine's, run over system calls.
// What the kernel does with them is in tests/system/seccomp.sh.

#include <linux/netlink.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "common/policy/seccomp_profile.h"
#include "helper/pid1/filter/compare.h"
#include "helper/pid1/filter/emit.h"
#include "helper/pid1/filter/interpreter.h"
#include "helper/pid1/filter/reference.h"
#include "helper/pid1/filter/rules.h"
#include "helper/seccomp_filters.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::test;

namespace {

constexpr uint32_t kAllowed = SECCOMP_RET_ALLOW, kDeath = SECCOMP_RET_KILL_PROCESS;
// To be added to an argument of which the kernel sees the low half.
constexpr uint64_t kHigh[] = {0, 1ULL << 32, 1ULL << 63, 0xffffffffULL << 32};
using Words = std::initializer_list<uint64_t>;
using filter::Program;
constexpr uint32_t kX32 = 0x40000000;
constexpr uint32_t kAll[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86,   SCMP_ARCH_AARCH64, SCMP_ARCH_ARM,
                             SCMP_ARCH_PPC64,  SCMP_ARCH_S390X, SCMP_ARCH_PPC64LE, SCMP_ARCH_S390};

constexpr uint32_t errno_of(int code) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(code); }
constexpr uint32_t result_of(int verdict) { return verdict == 0 ? kAllowed : errno_of(verdict); }

using Arguments = std::array<uint64_t, 6>;

// kMachines has the architecture.
const filter::Machine& machine_of(uint32_t arch) {
  for (const auto& machine : filter::kMachines) {
    if (machine.native == arch || machine.compat == arch) return machine;
  }
  return filter::kMachines[0];
}

uint32_t call(Program program, uint32_t arch, int number, const Arguments& arguments = {}) {
  filter::Words words = {};
  words[filter::kNumberWord] = static_cast<uint32_t>(number);
  words[filter::kArchWord] = arch;
  const bool big_endian = machine_of(arch).big_endian;
  for (unsigned i = 0; i < arguments.size(); ++i) {
    words[filter::low_word(i, big_endian)] = static_cast<uint32_t>(arguments[i]);
    words[filter::high_word(i, big_endian)] = static_cast<uint32_t>(arguments[i] >> 32);
  }
  return filter::run(program, words).action;
}

// A program, and one architecture that it lets in.
struct Entry {
  const char* name;
  Program program;
  uint32_t arch;

  // What a call by name gets; nothing to say (and `fallback`) where the architecture has no such.
  uint32_t of(const std::string& call_name, const Arguments& arguments, uint32_t fallback) const {
    const int number = seccomp_syscall_resolve_name_arch(arch, call_name.c_str());
    return number < 0 ? fallback : call(program, arch, number, arguments);
  }
};

const Entry kEntries[] = {
    {"native x86-64", filters::x86_64::kNative, SCMP_ARCH_X86_64},
    {"multiarch x86-64", filters::x86_64::kMultiarch, SCMP_ARCH_X86_64},
    {"multiarch x86", filters::x86_64::kMultiarch, SCMP_ARCH_X86},
    {"native aarch64", filters::aarch64::kNative, SCMP_ARCH_AARCH64},
    {"multiarch aarch64", filters::aarch64::kMultiarch, SCMP_ARCH_AARCH64},
    {"multiarch arm", filters::aarch64::kMultiarch, SCMP_ARCH_ARM},
    {"native ppc64le", filters::ppc64le::kNative, SCMP_ARCH_PPC64LE},
    {"multiarch ppc64le", filters::ppc64le::kMultiarch, SCMP_ARCH_PPC64LE},
    {"native s390x", filters::s390x::kNative, SCMP_ARCH_S390X},
    {"multiarch s390x", filters::s390x::kMultiarch, SCMP_ARCH_S390X},
    {"multiarch s390", filters::s390x::kMultiarch, SCMP_ARCH_S390},
};

struct VariantEntry : Entry {
  bool no_core, root;
};
const VariantEntry kVariants[] = {
    {{"x86-64", filters::x86_64::kMultiarch, SCMP_ARCH_X86_64}, false, false},
    {{"x86", filters::x86_64::kMultiarch, SCMP_ARCH_X86}, false, false},
    {{"aarch64", filters::aarch64::kMultiarch, SCMP_ARCH_AARCH64}, false, false},
    {{"arm", filters::aarch64::kMultiarch, SCMP_ARCH_ARM}, false, false},
    {{"x86-64 without cores", filters::x86_64::kMultiarchNoCore, SCMP_ARCH_X86_64}, true, false},
    {{"x86 without cores", filters::x86_64::kMultiarchNoCore, SCMP_ARCH_X86}, true, false},
    {{"aarch64 without cores", filters::aarch64::kNativeNoCore, SCMP_ARCH_AARCH64}, true, false},
    {{"arm without cores", filters::aarch64::kMultiarchNoCore, SCMP_ARCH_ARM}, true, false},
    {{"x86-64 root", filters::x86_64::kNativeRoot, SCMP_ARCH_X86_64}, false, true},
    {{"x86 root", filters::x86_64::kMultiarchRoot, SCMP_ARCH_X86}, false, true},
    {{"aarch64 root", filters::aarch64::kMultiarchRoot, SCMP_ARCH_AARCH64}, false, true},
    {{"arm root", filters::aarch64::kMultiarchRoot, SCMP_ARCH_ARM}, false, true},
    {{"x86-64 root without cores", filters::x86_64::kNativeRootNoCore, SCMP_ARCH_X86_64},
     true,
     true},
    {{"x86 root without cores", filters::x86_64::kMultiarchRootNoCore, SCMP_ARCH_X86}, true, true},
    {{"aarch64 root without cores", filters::aarch64::kMultiarchRootNoCore, SCMP_ARCH_AARCH64},
     true,
     true},
    {{"arm root without cores", filters::aarch64::kMultiarchRootNoCore, SCMP_ARCH_ARM}, true, true},
};

// The call gets this result through every entry whose architecture has it, and some have it.
void check_call(const std::string& name, const Arguments& arguments, uint32_t expected) {
  bool anywhere = false;
  for (const Entry& e : kEntries) {
    INFO(e.name << ": " << name << "(" << arguments[0] << ", " << arguments[1] << ")");
    anywhere |= seccomp_syscall_resolve_name_arch(e.arch, name.c_str()) >= 0;
    CHECK(e.of(name, arguments, expected) == expected);
  }
  INFO(name);
  CHECK(anywhere);
}

void check_calls(std::initializer_list<const char*> names, uint32_t expected) {
  for (const char* name : names) check_call(name, {}, expected);
}

// With an argument, and with the same one where only the kernel does not see the difference.
void check_low_bits(const std::string& name, size_t argument, uint64_t value, uint32_t expected) {
  for (const uint64_t high : kHigh) {
    Arguments arguments = {7, 7, 7, 7, 7, 7};
    arguments[argument] = value | high;
    check_call(name, arguments, expected);
  }
}

// clone(2) with these flags; what the kernel takes for a stack says nothing.
void check_clone(uint64_t flags, uint32_t expected) {
  for (const Entry& e : kEntries) {
    for (const uint64_t high : kHigh) {
      const unsigned argument = machine_of(e.arch).clone_flags;
      Arguments arguments = {};
      arguments[argument] = flags | high;
      arguments[1 - argument] = 0x7fff00000000 | CLONE_NEWUSER;
      INFO(e.name << ": clone with " << flags);
      CHECK(e.of("clone", arguments, ~0U) == expected);
    }
  }
}

// The rules as a table, without BPF: what a call without arguments gets.
std::map<std::string, uint32_t> expected_by_name() {
  std::map<std::string, uint32_t> expected;
  for (const auto& list : rules::kCallLists) {
    for (const auto& name : rules::names_of(list)) expected[name] = result_of(list.verdict);
  }
  for (const auto& rule : rules::kValueRules) {
    expected[std::string(rule.name)] = result_of(rule.others);  // 0 is in none of the lists
  }
  for (const auto& rule : rules::kFlagRules) expected[std::string(rule.name)] = kAllowed;
  return expected;
}

}  // namespace

TEST_CASE("seccomp: profiles have the policy's names") {
  CHECK(to_string(SeccompProfile::kNone) == "none");
  CHECK(to_string(SeccompProfile::kNative) == "native");
  CHECK(to_string(SeccompProfile::kMultiarch) == "multiarch");
}

// A step installs one of them. libseccomp's have 1000 instructions and more.
TEST_CASE("seccomp: programs are short") {
  for (const Entry& e : kEntries) {
    INFO(e.name);
    CHECK(e.program.size() < 290);
    CHECK(e.program.size() > 80);
  }
  for (const VariantEntry& e : kVariants) {
    INFO(e.name);
    CHECK(e.program.size() < 350);
  }
}

// The build holds the same. All machines' programs, whatever this one is.
TEST_CASE("seccomp: the programs say what libseccomp's say") {
  for (const auto& machine : filter::kMachines) {
    for (const auto& variant : filter::all_variants()) {
      INFO(std::string(machine.name) << " " << variant.name());
      CHECK(filter::difference(machine, filter::emit(machine, variant),
                               filter::reference(machine, variant)) == "");
    }
  }
}

// The control of the comparison: instructions of a program are changed, and it must be found.
TEST_CASE("seccomp: a program that says something else is found") {
  for (const auto& machine : filter::kMachines) {
    const filter::Variant variant = {filter::Kind::kStep, false, true, true};
    const auto expected = filter::reference(machine, variant);
    const auto program = filter::emit(machine, variant);
    // Each one was tried; every fourth one takes ten seconds.
    for (size_t pc = 0; pc < program.size(); pc += 4) {
      if (program[pc].code == (BPF_JMP | BPF_JA)) continue;
      auto changed = program;
      const bool loads = BPF_CLASS(program[pc].code) == BPF_LD;
      changed[pc].k ^= loads ? 4 : 1;
      INFO(std::string(machine.name) << " " << pc << " " << std::hex << program[pc].code);
      CHECK(filter::difference(machine, changed, expected) != "");
    }
  }
}

// Our binary tree against the table, number by number; numbers that have no name too.
TEST_CASE("seccomp: every number gets what the table says") {
  const auto table = expected_by_name();
  for (const Entry& e : kEntries) {
    int allowed = 0;
    const auto check_number = [&](int number) {
      char* name = seccomp_syscall_resolve_num_arch(e.arch, number);
      const auto entry = table.find(name == nullptr ? "" : name);
      INFO(e.name << ": " << number << " " << (name == nullptr ? "" : name));
      std::free(name);
      const uint32_t expected = entry == table.end() ? errno_of(ENOSYS) : entry->second;
      CHECK(call(e.program, e.arch, number) == expected);
      allowed += expected == kAllowed;
    };
    for (int number = 0; number < 2048; ++number) check_number(number);
    for (int number = 0xf0000; number < 0xf0010; ++number) check_number(number);  // arm's own
    CHECK(allowed > 200);
  }
}

TEST_CASE("seccomp: unknown calls are not there") {
  for (const Entry& e : kEntries) {
    for (const int number : {-1, 700, 1023, 4096, 0x3fffffff}) {
      INFO(e.name << ": " << number);
      CHECK(call(e.program, e.arch, number) == errno_of(ENOSYS));
    }
  }
}

TEST_CASE("seccomp: clone3, io_setup and socketcall are not there") {
  check_call("io_setup", {1, 88}, errno_of(ENOSYS));
  check_call("clone3", {}, errno_of(ENOSYS));
  check_call("clone3", {1, 88}, errno_of(ENOSYS));
  for (uint64_t sub = 0; sub <= 32; ++sub) {
    for (const uint64_t high : kHigh) {
      check_call("socketcall", {sub | high, 1}, errno_of(ENOSYS));
      check_call("ipc", {sub | high, 1}, kAllowed);
    }
  }
}

TEST_CASE("seccomp: mounts and roots are denied") {
  check_calls({"mount", "umount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount",
               "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "swapon", "swapoff",
               "quotactl", "quotactl_fd", "open_by_handle_at", "name_to_handle_at"},
              errno_of(EPERM));
}

TEST_CASE("seccomp: the machine, keyrings and the kernel's large interfaces are denied") {
  check_calls({"setns",
               "keyctl",
               "add_key",
               "request_key",
               "bpf",
               "perf_event_open",
               "userfaultfd",
               "io_uring_setup",
               "io_uring_enter",
               "io_uring_register",
               "kexec_load",
               "kexec_file_load",
               "init_module",
               "finit_module",
               "delete_module",
               "reboot",
               "syslog",
               "acct",
               "settimeofday",
               "clock_settime",
               "clock_settime64",
               "adjtimex",
               "clock_adjtime",
               "clock_adjtime64",
               "stime",
               "sethostname",
               "setdomainname",
               "ioperm",
               "iopl",
               "lookup_dcookie",
               "vhangup",
               "fanotify_init",
               "kcmp",
               "pidfd_getfd",
               "process_madvise"},
              errno_of(EPERM));
}

TEST_CASE("seccomp: what builds and pid 1 need is allowed") {
  check_calls(
      {"vfork",        "fork",        "execve",       "execveat",       "wait4",
       "waitid",       "kill",        "rt_sigaction", "rt_sigprocmask", "rt_sigtimedwait",
       "rt_sigreturn", "write",       "read",         "openat",         "close",
       "close_range",  "setsid",      "dup2",         "dup3",           "prctl",
       "setrlimit",    "prlimit64",   "exit_group",   "mmap",           "mprotect",
       "futex",        "personality", "seccomp",      "memfd_create",   "landlock_restrict_self",
       "arch_prctl",   "set_tls",     "sendmsg",      "poll",           "ppoll"},
      kAllowed);
}

TEST_CASE("seccomp: a new namespace is denied, threads and processes are not") {
  for (const uint64_t flag : Words{CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                   CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    for (const uint64_t others :
         Words{0, SIGCHLD, CLONE_VM | CLONE_FS, CLONE_NEWUSER, 0x7fffffff}) {
      check_clone(flag | others, errno_of(EPERM));
      check_low_bits("unshare", 0, flag | others, errno_of(EPERM));
    }
  }
  check_low_bits("unshare", 0, CLONE_NEWTIME, errno_of(EPERM));
  check_low_bits("unshare", 0, CLONE_FS | CLONE_FILES | CLONE_SYSVSEM, kAllowed);
  // glibc's threads, fork and vfork; and all the flags that are no namespace. The kernel takes the
  // lowest eight bits, with that of CLONE_NEWTIME, for the exit signal: clone(2) makes no time
  // namespace.
  for (const uint64_t flags : Words{0x3d0f00U, 0x1200011U, 0x4111U, 0x81fdffffU, 0x80U | SIGCHLD}) {
    check_clone(flags, kAllowed);
  }
}

TEST_CASE("seccomp: pid 1 is not traced, the step's own children are") {
  const std::pair<const char*, size_t> calls[] = {
      {"ptrace", 1}, {"process_vm_readv", 0}, {"process_vm_writev", 0}};
  for (const auto& [name, argument] : calls) {
    check_low_bits(name, argument, 1, errno_of(EPERM));
    check_low_bits(name, argument, 0, kAllowed);
    for (int bit = 1; bit < 32; ++bit) {
      check_low_bits(name, argument, 1U << bit, kAllowed);
      check_low_bits(name, argument, 1U << bit | 1, kAllowed);
    }
  }
}

TEST_CASE("seccomp: nothing is typed into a terminal, and no request loads a module") {
  const Words denied = {0x5412U, 0x541cU, 0x5423U, 0x8940U, 0x8941U,
                        0x8982U, 0x8983U, 0x89a0U, 0x89a1U};
  for (const uint64_t request : denied) {
    check_low_bits("ioctl", 1, request, errno_of(EPERM));
    // Each neighbour by one bit is another request.
    for (int bit = 0; bit < 32; ++bit) {
      const uint64_t neighbour = request ^ 1U << bit;
      const bool other = std::find(denied.begin(), denied.end(), neighbour) == denied.end();
      if (other) check_low_bits("ioctl", 1, neighbour, kAllowed);
    }
  }
  for (const uint64_t request : Words{0U, 0x5401U, 0x5413U, 0x5421U, 0x8004510dU, ~0U}) {
    check_low_bits("ioctl", 1, request, kAllowed);
  }
}

TEST_CASE("seccomp: socket families") {
  for (uint64_t family = 0; family < 64; ++family) {
    const bool ours = family == AF_UNIX || family == AF_INET || family == AF_INET6;
    // 7 is no protocol of AF_NETLINK that a step has.
    const bool netlink = family == AF_NETLINK;
    check_low_bits("socket", 0, family,
                   ours ? kAllowed : errno_of(netlink ? EPROTONOSUPPORT : EAFNOSUPPORT));
    check_low_bits("socketpair", 0, family, family == AF_UNIX ? kAllowed : errno_of(EAFNOSUPPORT));
  }
  for (int bit = 6; bit < 32; ++bit) {
    check_low_bits("socket", 0, AF_INET | 1U << bit, errno_of(EAFNOSUPPORT));
    check_low_bits("socketpair", 0, AF_UNIX | 1U << bit, errno_of(EAFNOSUPPORT));
  }
}

TEST_CASE("seccomp: protocols that are modules") {
  for (const VariantEntry& e : kVariants) {
    INFO(e.name);
    // libseccomp knows x86's socket by its multiplexer only; the kernel has it by itself, too.
    constexpr int kX86Socket = 359;
    const int number =
        e.arch == SCMP_ARCH_X86 ? kX86Socket : seccomp_syscall_resolve_name_arch(e.arch, "socket");
    for (uint64_t protocol = 0; protocol < 1024; ++protocol) {
      const bool module = protocol == 33 || protocol == 115 || protocol == 132 || protocol == 256;
      for (const uint64_t high : kHigh) {
        CHECK(call(e.program, e.arch, number, {AF_INET, SOCK_STREAM, protocol | high}) ==
              (module ? errno_of(EPROTONOSUPPORT) : kAllowed));
        const bool known = protocol == NETLINK_ROUTE || protocol == NETLINK_KOBJECT_UEVENT;
        CHECK(call(e.program, e.arch, number, {AF_NETLINK | high, SOCK_RAW, protocol | high}) ==
              (known ? kAllowed : errno_of(EPROTONOSUPPORT)));
      }
    }
  }
}

TEST_CASE("seccomp: where no cores are wanted, their limit stays, and nobody is told") {
  constexpr uint32_t kDone = SECCOMP_RET_ERRNO;
  constexpr uint64_t kLow = 0x10, kAbove = uint64_t{1} << 32;
  for (const VariantEntry& e : kVariants) {
    INFO(e.name);
    const uint32_t kept = e.no_core ? kDone : kAllowed;
    const uint32_t refused = e.no_core ? errno_of(EPERM) : kAllowed;
    for (uint64_t resource = 0; resource < 32; ++resource) {
      const bool core = resource == RLIMIT_CORE;
      for (const uint64_t high : kHigh) {
        const uint64_t r = resource | high;
        CHECK(e.of("setrlimit", {r, kLow}, 0) == (core ? kept : kAllowed));
        const bool wide = e.arch == SCMP_ARCH_X86_64 || e.arch == SCMP_ARCH_AARCH64;
        for (const uint64_t fresh : {kLow, wide ? kAbove : kLow}) {
          CHECK(e.of("prlimit64", {0, r, fresh, 0}, 0) == (core ? kept : kAllowed));
          CHECK(e.of("prlimit64", {7, r, fresh, 0}, 0) == (core ? kept : kAllowed));
          CHECK(e.of("prlimit64", {0, r, fresh, kLow}, 0) == (core ? refused : kAllowed));
        }
        CHECK(e.of("prlimit64", {0, r, 0, kLow}, 0) == kAllowed);
        CHECK(e.of("getrlimit", {r, kLow}, kAllowed) == kAllowed);
      }
    }
  }
}

TEST_CASE("seccomp: root gives files to nobody else, and nobody is told") {
  constexpr uint32_t kDone = SECCOMP_RET_ERRNO;
  constexpr uint64_t kNone = 0xffffffff;
  const std::pair<const char*, size_t> calls[] = {
      {"chown", 1},   {"lchown", 1},   {"fchown", 1},   {"fchownat", 2},
      {"chown32", 1}, {"lchown32", 1}, {"fchown32", 1},
  };
  const auto is_own = [](uint64_t id) { return id == 0 || id == kNone; };
  for (const VariantEntry& e : kVariants) {
    for (const auto& entry : calls) {
      // clang 14 captures no structured binding.
      const char* const name = entry.first;
      const size_t first = entry.second;
      const bool known = seccomp_syscall_resolve_name_arch(e.arch, name) >= 0;
      for (const uint64_t uid : Words{0, kNone, 1, 1000, 61184, 65534, 0x80000000, 0xfffffffe}) {
        for (const uint64_t gid : Words{0, kNone, 1, 1000, 61184, 65534, 0x80000000, 0xfffffffe}) {
          INFO(e.name << ": " << name << " " << uid << ":" << gid);
          Arguments arguments = {7, 7, 7, 7, 7, 7};
          arguments[first] = uid | kHigh[1];
          arguments[first + 1] = gid;
          const bool pretended = e.root && known && !(is_own(uid) && is_own(gid));
          CHECK(e.of(name, arguments, kAllowed) == (pretended ? kDone : kAllowed));
        }
      }
    }
  }
}

TEST_CASE("seccomp: without cores, and for root, nothing else is decided") {
  for (const VariantEntry& e : kVariants) {
    const Entry& plain = e.arch == SCMP_ARCH_X86_64    ? kEntries[1]
                         : e.arch == SCMP_ARCH_X86     ? kEntries[2]
                         : e.arch == SCMP_ARCH_AARCH64 ? kEntries[4]
                                                       : kEntries[5];
    for (int number = 0; number < 1024; ++number) {
      INFO(e.name << ": " << number);
      CHECK(call(e.program, e.arch, number) == call(plain.program, e.arch, number));
    }
    CHECK(call(e.program, SCMP_ARCH_S390X, 1) == kDeath);
  }
}

TEST_CASE("seccomp: no file with a setuid or setgid bit is made in a twin") {
  const Entry entries[] = {{"x86-64", filters::x86_64::kModes, SCMP_ARCH_X86_64},
                           {"x86", filters::x86_64::kModes, SCMP_ARCH_X86},
                           {"aarch64", filters::aarch64::kModes, SCMP_ARCH_AARCH64},
                           {"arm", filters::aarch64::kModes, SCMP_ARCH_ARM},
                           {"ppc64le", filters::ppc64le::kModes, SCMP_ARCH_PPC64LE},
                           {"s390x", filters::s390x::kModes, SCMP_ARCH_S390X},
                           {"s390", filters::s390x::kModes, SCMP_ARCH_S390}};
  constexpr uint32_t kAsked = SECCOMP_RET_USER_NOTIF;
  constexpr uint64_t kCreate = 0100, kTmpfile = 020000000, kWrite = 1;
  for (const Entry& e : entries) {
    for (const uint64_t high : kHigh) {
      for (const uint64_t mode :
           Words{0, 0755, 01777, 02000, 04000, 02755, 04755, 06777, 0104755}) {
        INFO(e.name << ": " << mode);
        const bool set = (mode & 06000) != 0;
        const uint32_t asked = set ? kAsked : kAllowed;
        const uint32_t refused = set ? errno_of(EPERM) : kAllowed;
        const uint64_t m = mode | high;
        CHECK(e.of("chmod", {7, m}, asked) == asked);
        CHECK(e.of("fchmod", {7, m}, asked) == asked);
        CHECK(e.of("fchmodat", {7, 7, m}, asked) == asked);
        CHECK(e.of("fchmodat2", {7, 7, m, 7}, asked) == asked);
        CHECK(e.of("creat", {7, m}, refused) == refused);
        CHECK(e.of("mknod", {7, m}, refused) == refused);
        CHECK(e.of("mknodat", {7, 7, m}, refused) == refused);
        CHECK(e.of("mkdir", {7, m}, kAllowed) == kAllowed);
        for (const uint64_t flags :
             Words{kCreate, kTmpfile, kCreate | kWrite, kTmpfile | 0200000}) {
          CHECK(e.of("open", {7, flags | high, m}, refused) == refused);
          CHECK(e.of("openat", {7, 7, flags | high, m}, refused) == refused);
        }
        CHECK(e.of("open", {7, kWrite, m}, kAllowed) == kAllowed);
        CHECK(e.of("openat", {7, 7, kWrite, m}, kAllowed) == kAllowed);
      }
    }
    CHECK(e.of("openat2", {}, errno_of(ENOSYS)) == errno_of(ENOSYS));
    CHECK(call(e.program, SCMP_ARCH_MIPS, 1) == kDeath);
  }
}

TEST_CASE("seccomp: another entry point is death") {
  for (const Entry& e : kEntries) {
    for (const uint32_t arch : kAll) {
      bool lets_in = false;
      for (const Entry& other : kEntries) {
        lets_in |= other.program.data() == e.program.data() && other.arch == arch;
      }
      if (lets_in) continue;
      INFO(e.name << ", architecture " << arch);
      for (int number = -1; number < 600; ++number) CHECK(call(e.program, arch, number) == kDeath);
    }
    CHECK(call(e.program, SCMP_ARCH_PARISC64, 1) == kDeath);
    CHECK(call(e.program, 0, 1) == kDeath);
  }
}

// They come with the architecture of x86-64, a bit in their number, and some arguments of 32 bits.
TEST_CASE("seccomp: x32 numbers are death") {
  for (const Program program :
       {Program(filters::x86_64::kNative), Program(filters::x86_64::kMultiarch)}) {
    for (uint32_t number = 0; number < 1024; ++number) {
      INFO(number);
      const int x32 = static_cast<int>(kX32 | number);
      CHECK(call(program, SCMP_ARCH_X86_64, x32) == kDeath);
      CHECK(call(program, SCMP_ARCH_X86_64, static_cast<int>(x32 | 0x80000000U)) == kDeath);
    }
  }
}
