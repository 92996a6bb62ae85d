// Makes the seccomp programs of helper/pid1/filter/rules.h when Rind is built: make-filter OUTPUT
//
// Writes a C++ header with arrays, for x86-64 and aarch64 and each profile, whatever machine
// this runs on. The same libseccomp makes the same text. What comes out is checked, instruction by
// instruction, by tests/unit/seccomp_test.cpp.

#include <linux/filter.h>
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

// What libseccomp returns for "no rule matched". It refuses rules that say the same as the default,
// and some of ours do (socketcall has to be taken back): so the default is a mark, and is replaced
// in the program.
constexpr uint32_t kDefaultMark = SCMP_ACT_TRACE(0x7fff);

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

// libseccomp's number for a call, which is not the one of any architecture where the machine that
// builds has no such call. __NR_SCMP_ERROR for a name that it does not know.
int number_of(std::string_view name) {
  return seccomp_syscall_resolve_name(std::string(name).c_str());
}

void add(scmp_filter_ctx filter, std::string_view name, Verdict verdict) {
  check(seccomp_rule_add(filter, action(verdict), number_of(name), 0), std::string(name));
}

// A rule for the calls whose argument has, under `mask`, this value.
void add_masked(scmp_filter_ctx filter, std::string_view name, unsigned argument, uint32_t mask,
                uint32_t value, Verdict verdict) {
  const struct scmp_arg_cmp compare = {argument, SCMP_CMP_MASKED_EQ, mask, value};
  check(seccomp_rule_add_array(filter, action(verdict), number_of(name), 1, &compare),
        std::string(name));
}

// libseccomp has no "otherwise" for one call, and its "not equal" compares 64 bits. So the numbers
// that are not listed are cut into sets that a mask describes: those that differ from all listed in
// the highest bit, in the next one, and so on. No two rules of a call overlap, and their order,
// which is libseccomp's affair, cannot matter.
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

// libseccomp would let one of two rules for a call win, without a word.
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

// The lists first: to a rule for `socket` and its like libseccomp adds one for socketcall, which
// cannot see the family. It leaves those out once socketcall has a rule without conditions.
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
  // It makes sockets on its own.
  add(filter, "io_uring_setup", EPERM);
}

void add_listed(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for (const uint32_t value : rule.values) {
    add_masked(filter, rule.name, rule.argument, ~0U, value, rule.listed);
  }
}

void add_second_rules(scmp_filter_ctx filter) {
  // As for the first program: without a rule of its own it would get one for each of socket's.
  add(filter, "socketcall", ENOSYS);
  for (const auto& rule : rules::kSecondRules) add_listed(filter, rule);
}

// With the address of a new limit nothing is done; who wants the old one as well is told so, as it
// would not be written.
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

enum class Kind { kStep, kNoNetwork, kSecond, kSecondNoCore };

// architectures: SCMP_ARCH_* tokens that may enter; any other is death. x32 is another: libseccomp
// sees to it, as x32 calls come with the token of x86-64.
std::vector<struct sock_filter> make(std::span<const uint32_t> architectures, Kind kind) {
  scmp_filter_ctx filter = seccomp_init(kDefaultMark);
  if (filter == nullptr) die("seccomp_init");
  check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "ACT_BADARCH");
  // A binary tree by number: a list would be walked half through at every call.
  check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "CTL_OPTIMIZE");
  bool native = false;
  for (const uint32_t architecture : architectures) {
    native |= architecture == seccomp_arch_native();
    if (seccomp_arch_exist(filter, architecture) == 0) continue;
    check(seccomp_arch_add(filter, architecture), "seccomp_arch_add");
  }
  if (!native) check(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE), "seccomp_arch_remove");
  if (kind == Kind::kStep) add_rules(filter);
  if (kind == Kind::kNoNetwork) add_no_network_rules(filter);
  if (kind == Kind::kSecond || kind == Kind::kSecondNoCore) add_second_rules(filter);
  if (kind == Kind::kSecondNoCore) add_no_core_rules(filter);
  auto program = program_of(filter, kind == Kind::kStep ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW);
  seccomp_release(filter);
  return program;
}

void write(std::FILE* out, const char* name, std::initializer_list<uint32_t> architectures,
           Kind kind = Kind::kStep) {
  std::fprintf(out, "\ninline constexpr struct sock_filter %s[] = {\n", name);
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
  write(out, "kX86_64Second", {SCMP_ARCH_X86_64, SCMP_ARCH_X86}, Kind::kSecond);
  write(out, "kAarch64Second", {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM}, Kind::kSecond);
  write(out, "kX86_64SecondNoCore", {SCMP_ARCH_X86_64, SCMP_ARCH_X86}, Kind::kSecondNoCore);
  write(out, "kAarch64SecondNoCore", {SCMP_ARCH_AARCH64, SCMP_ARCH_ARM}, Kind::kSecondNoCore);
  std::fputs("\n}  // namespace rind::filters\n", out);
}

}  // namespace
}  // namespace rind

int main(int argc, char** argv) {
  if (argc != 2) rind::die("usage: make-filter OUTPUT");
  rind::check_names();
  // What the kernel of the machine that builds can do (KILL_PROCESS) must not matter.
  rind::check(seccomp_api_set(3), "seccomp_api_set");
  std::FILE* out = std::fopen(argv[1], "w");
  if (out == nullptr) rind::die(std::string("cannot write ") + argv[1]);
  rind::write_header(out);
  if (std::ferror(out) | std::fclose(out)) rind::die(std::string("cannot write ") + argv[1]);
  return 0;
}
