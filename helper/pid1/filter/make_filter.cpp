// Makes the seccomp programs of helper/pid1/filter/rules.h when Rind is built: make-filter OUTPUT
//
// Writes a C++ header with one array for each profile, for x86-64 and aarch64, whatever machine
// this program runs on. The same libseccomp makes the same text.
// tests/unit/helper/pid1/seccomp_test.cpp checks the programs instruction by instruction.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "helper/pid1/filter/rules.h"

namespace rind {
namespace {

using rules::Verdict;

// The action for "no rule matched". libseccomp refuses a rule whose action equals the default
// action, and some of our rules have it (socketcall). So the default is a marker that this program
// replaces afterwards.
constexpr uint32_t kDefaultMark = SCMP_ACT_TRACE(0x7fff);

// The action for "pid 1 decides". libseccomp's own needs a newer interface than the one that
// seccomp_api_set below asks for.
constexpr uint32_t kAskMark = SCMP_ACT_TRACE(0x7ffe);

[[noreturn]] void die(const std::string& what, int code = 0) {
  std::fprintf(stderr, "make-filter: %s", what.c_str());
  if (code != 0) std::fprintf(stderr, ": error %d of libseccomp", code);
  std::fputc('\n', stderr);
  std::exit(1);
}

void check(int result, const std::string& what) {
  if (result < 0) die(what, result);
}

uint32_t action(Verdict verdict) {
  if (verdict == rules::kPretend) return SCMP_ACT_ERRNO(0);
  return verdict == rules::kAllow ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(verdict);
}

// libseccomp's number of a call. It is a pseudo number when the build machine has no such call, and
// __NR_SCMP_ERROR when libseccomp does not know the name.
int number_of(std::string_view name) {
  return seccomp_syscall_resolve_name(std::string(name).c_str());
}

void add(scmp_filter_ctx filter, std::string_view name, Verdict verdict) {
  check(seccomp_rule_add(filter, action(verdict), number_of(name), 0), std::string(name));
}

// Adds a rule for calls whose argument has this value under `mask`.
void add_masked(scmp_filter_ctx filter, std::string_view name, unsigned argument, uint32_t mask,
                uint32_t value, Verdict verdict) {
  const struct scmp_arg_cmp compare = {argument, SCMP_CMP_MASKED_EQ, mask, value};
  check(seccomp_rule_add_array(filter, action(verdict), number_of(name), 1, &compare),
        std::string(name));
}

// Adds rules for all values that are not listed. libseccomp has no "otherwise" for one call, and
// its "not equal" compares 64 bits. So the unlisted values are split into sets that a mask
// describes: those that differ from every listed value in the highest bit, in the next bit, and so
// on. The rules of a call never overlap, so their order in the program cannot matter.
void add_others(scmp_filter_ctx filter, const rules::ValueRule& rule, uint32_t mask = 0,
                uint32_t prefix = 0) {
  bool any_listed = false;
  for (const uint32_t value : rule.values) any_listed |= (value & mask) == prefix;
  if (!any_listed) {
    add_masked(filter, rule.name, rule.argument, mask, prefix, rule.others);
  } else if (mask != ~0U) {
    const uint32_t longer = (mask >> 1) | 0x80000000U;
    add_others(filter, rule, longer, prefix);
    add_others(filter, rule, longer, prefix | (longer & ~mask));
  }
}

void add_rule(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for (const uint32_t value : rule.values) {
    add_masked(filter, rule.name, rule.argument, ~0U, value, rule.listed);
  }
  add_others(filter, rule);
}

void add_rule(scmp_filter_ctx filter, const rules::FlagRule& rule) {
  add_masked(filter, rule.name, rule.argument, rule.flags, 0, rules::kAllow);
  for (uint32_t bit = 1; bit != 0; bit <<= 1) {
    if ((rule.flags & bit) == 0) continue;
    add_masked(filter, rule.name, rule.argument, bit, bit, EPERM);
  }
}

void add_rule(scmp_filter_ctx filter, const rules::CallList& list) {
  for (const auto& name : rules::names_of(list)) {
    if (number_of(name) != __NR_SCMP_ERROR) {
      add(filter, name, list.verdict);
    } else if (list.must_be_known) {
      die(name + " is not a system call");
    }
  }
}

// Of two rules for one call, libseccomp silently keeps one.
void check_names() {
  std::set<std::string> seen;
  const auto see = [&seen](std::string_view name) {
    if (!seen.emplace(name).second) die(std::string(name) + " is listed twice");
  };
  for (const auto& list : rules::kCallLists) {
    for (const auto& name : rules::names_of(list)) see(name);
  }
  for (const auto& rule : rules::kValueRules) see(rule.name);
  for (const auto& rule : rules::kFlagRules) see(rule.name);
}

// The lists go first. For a rule of `socket` and similar calls, libseccomp adds one for socketcall,
// which cannot see the family. It does not once socketcall has a rule without conditions.
void add_rules(scmp_filter_ctx filter) {
  for (const auto& list : rules::kCallLists) add_rule(filter, list);
  for (const auto& rule : rules::kValueRules) add_rule(filter, rule);
  for (const auto& rule : rules::kFlagRules) add_rule(filter, rule);
}

// seccomp_export_bpf writes to a descriptor only.
std::vector<struct sock_filter> program_of(scmp_filter_ctx filter, uint32_t otherwise) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) die("cannot make a temporary file");
  check(seccomp_export_bpf(filter, ::fileno(file)), "seccomp_export_bpf");
  std::rewind(file);
  std::vector<struct sock_filter> program;
  struct sock_filter instruction = {};
  while (std::fread(&instruction, sizeof instruction, 1, file) == 1) {
    const bool returns = instruction.code == (BPF_RET | BPF_K);
    if (returns && instruction.k == kDefaultMark) instruction.k = otherwise;
    if (returns && instruction.k == kAskMark) instruction.k = SECCOMP_RET_USER_NOTIF;
    program.push_back(instruction);
  }
  std::fclose(file);
  if (program.empty() || program.size() >= BPF_MAXINSNS) {
    die("a program of " + std::to_string(program.size()) + " instructions");
  }
  return program;
}

// Everything but the network.
void add_no_network_rules(scmp_filter_ctx filter) {
  for (const auto& rule : rules::kNoNetworkRules) add_rule(filter, rule);
  // io_uring makes sockets without socket(2).
  add(filter, "io_uring_setup", EPERM);
}

void add_listed(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for (const uint32_t value : rule.values) {
    add_masked(filter, rule.name, rule.argument, ~0U, value, rule.listed);
  }
}

void add_second_rules(scmp_filter_ctx filter) {
  // As in the first program: without its own rule, socketcall would get one for each rule of
  // socket.
  add(filter, "socketcall", ENOSYS);
  for (const auto& rule : rules::kSecondRules) add_listed(filter, rule);
}

// A call that only sets the limit is ignored and returns 0. A call that also asks for the old limit
// gets EPERM, because the kernel would not fill that in.
void add_no_core_rules(scmp_filter_ctx filter) {
  for (const auto& rule : rules::kNoCoreRules) add_listed(filter, rule);
  const struct scmp_arg_cmp core = {rules::kPrlimitResource, SCMP_CMP_MASKED_EQ, ~0U, RLIMIT_CORE};
  const struct scmp_arg_cmp sets = {rules::kPrlimitNew, SCMP_CMP_NE, 0, 0};
  for (const bool asks : {false, true}) {
    const struct scmp_arg_cmp old = {rules::kPrlimitOld, asks ? SCMP_CMP_NE : SCMP_CMP_EQ, 0, 0};
    const struct scmp_arg_cmp compared[] = {core, sets, old};
    check(seccomp_rule_add_array(filter, action(asks ? EPERM : rules::kPretend),
                                 number_of("prlimit64"), std::size(compared), compared),
          "prlimit64");
  }
}

// Changing the owner of a file to somebody else does nothing and returns 0.
void add_root_rules(scmp_filter_ctx filter) {
  for (const auto& rule : rules::kRootRules) add_others(filter, rule);
}

template <typename Use>
void for_each_bit(uint32_t bits, Use use) {
  for (uint32_t bit = 1; bit != 0; bit <<= 1) {
    if ((bits & bit) != 0) use(bit);
  }
}

void add_mode_rules(scmp_filter_ctx filter) {
  for (const auto& rule : rules::kChangesMode) {
    const int number = number_of(rule.name);
    // A call that this libseccomp does not know is ENOSYS by the first program.
    if (number == __NR_SCMP_ERROR) continue;
    for_each_bit(rules::kSetIds, [&](uint32_t bit) {
      const struct scmp_arg_cmp compare = {rule.mode, SCMP_CMP_MASKED_EQ, bit, bit};
      check(seccomp_rule_add_array(filter, kAskMark, number, 1, &compare), std::string(rule.name));
    });
  }
  for (const auto& rule : rules::kMakesFile) {
    for_each_bit(rules::kSetIds,
                 [&](uint32_t bit) { add_masked(filter, rule.name, rule.mode, bit, bit, EPERM); });
  }
  for (const auto& rule : rules::kOpens) {
    for_each_bit(rules::kCreates, [&](uint32_t flag) {
      for_each_bit(rules::kSetIds, [&](uint32_t bit) {
        const struct scmp_arg_cmp compared[] = {{rule.flags, SCMP_CMP_MASKED_EQ, flag, flag},
                                                {rule.mode, SCMP_CMP_MASKED_EQ, bit, bit}};
        check(seccomp_rule_add_array(filter, action(EPERM), number_of(rule.name),
                                     std::size(compared), compared),
              std::string(rule.name));
      });
    });
  }
  add(filter, rules::kHidesMode, ENOSYS);
}

enum class Kind {
  kModes,
  kStep,
  kNoNetwork,
  kSecond,
  kSecondNoCore,
  kSecondRoot,
  kSecondRootNoCore
};

// architectures: SCMP_ARCH_* tokens that are allowed; calls of any other one kill the process. x32
// calls come with the token of x86-64; libseccomp kills them, too.
std::vector<struct sock_filter> make(std::span<const uint32_t> architectures, Kind kind) {
  scmp_filter_ctx filter = seccomp_init(kDefaultMark);
  if (filter == nullptr) die("seccomp_init");
  check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "ACT_BADARCH");
  // A binary tree by call number: the kernel would walk half of a list at every call.
  check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "CTL_OPTIMIZE");
  bool native = false;
  for (const uint32_t architecture : architectures) {
    native |= architecture == seccomp_arch_native();
    if (seccomp_arch_exist(filter, architecture) == 0) continue;
    check(seccomp_arch_add(filter, architecture), "seccomp_arch_add");
  }
  if (!native) check(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE), "seccomp_arch_remove");
  if (kind == Kind::kStep) add_rules(filter);
  if (kind == Kind::kModes) add_mode_rules(filter);
  if (kind == Kind::kNoNetwork) add_no_network_rules(filter);
  const bool root = kind == Kind::kSecondRoot || kind == Kind::kSecondRootNoCore;
  const bool no_core = kind == Kind::kSecondNoCore || kind == Kind::kSecondRootNoCore;
  if (kind == Kind::kSecond || root || no_core) add_second_rules(filter);
  if (no_core) add_no_core_rules(filter);
  if (root) add_root_rules(filter);
  auto program = program_of(filter, kind == Kind::kStep ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW);
  seccomp_release(filter);
  return program;
}

void write(std::FILE* out, const std::string& name, std::initializer_list<uint32_t> architectures,
           Kind kind = Kind::kStep) {
  std::fprintf(out, "\ninline constexpr struct sock_filter %s[] = {\n", name.c_str());
  for (const auto& i : make({architectures.begin(), architectures.size()}, kind)) {
    std::fprintf(out, "    {0x%02x, %d, %d, 0x%08x},\n", i.code, i.jt, i.jf, i.k);
  }
  std::fputs("};\n", out);
}

void write_header(std::FILE* out) {
  std::fputs(
      "// Made by helper/pid1/filter/make_filter.cpp from helper/pid1/filter/rules.h.\n#pragma "
      "once\n\n"
      "#include <linux/filter.h>\n\nnamespace rind::filters {\n",
      out);
  write(out, "kX86_64Native", {SCMP_ARCH_X86_64});
  write(out, "kX86_64Multiarch", {SCMP_ARCH_X86_64, SCMP_ARCH_X86});
  write(out, "kAarch64Native", {SCMP_ARCH_AARCH64});
  write(out, "kAarch64Multiarch", {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM});
  write(out, "kX86_64NoNetwork", {SCMP_ARCH_X86_64}, Kind::kNoNetwork);
  write(out, "kAarch64NoNetwork", {SCMP_ARCH_AARCH64}, Kind::kNoNetwork);
  struct Second {
    const char* name;
    Kind kind;
  };
  constexpr Second kSecond[] = {{"Second", Kind::kSecond},
                                {"Modes", Kind::kModes},
                                {"SecondNoCore", Kind::kSecondNoCore},
                                {"SecondRoot", Kind::kSecondRoot},
                                {"SecondRootNoCore", Kind::kSecondRootNoCore}};
  for (const auto& [name, kind] : kSecond) {
    write(out, std::string("kX86_64") + name, {SCMP_ARCH_X86_64, SCMP_ARCH_X86}, kind);
    write(out, std::string("kAarch64") + name, {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM}, kind);
  }
  std::fputs("\n}  // namespace rind::filters\n", out);
}

}  // namespace
}  // namespace rind

int main(int argc, char** argv) {
  if (argc != 2) rind::die("usage: make-filter OUTPUT");
  rind::check_names();
  // The output must not depend on what the kernel of the build machine supports (KILL_PROCESS).
  rind::check(seccomp_api_set(3), "seccomp_api_set");
  std::FILE* out = std::fopen(argv[1], "w");
  if (out == nullptr) rind::die(std::string("cannot write ") + argv[1]);
  rind::write_header(out);
  if (std::ferror(out) | std::fclose(out)) rind::die(std::string("cannot write ") + argv[1]);
  return 0;
}
