#include "helper/pid1/filter/reference.h"

#include <linux/seccomp.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <functional>
#include <iterator>
#include <set>
#include <span>
#include <stdexcept>
#include <string>

#include "helper/pid1/filter/rules.h"

namespace rind::filter {
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
  throw std::runtime_error(code == 0 ? what
                                     : what + ": error " + std::to_string(code) + " of libseccomp");
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

// Calls `add` with the sets of all values that are not listed, each described by a mask and what
// is left of its values. libseccomp has no "otherwise" for one call, and its "not equal" compares
// 64 bits. So they are split into those that differ from every listed value in the highest bit, in
// the next bit, and so on. The sets never overlap, so the order of their rules cannot matter.
void for_others(std::span<const uint32_t> listed,
                const std::function<void(uint32_t mask, uint32_t prefix)>& add, uint32_t mask = 0,
                uint32_t prefix = 0) {
  const bool any_listed = std::any_of(listed.begin(), listed.end(),
                                      [&](uint32_t value) { return (value & mask) == prefix; });
  if (!any_listed) {
    add(mask, prefix);
  } else if (mask != ~0U) {
    const uint32_t longer = (mask >> 1) | 0x80000000U;
    for_others(listed, add, longer, prefix);
    for_others(listed, add, longer, prefix | (longer & ~mask));
  }
}

void add_others(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for_others(rule.values, [&](uint32_t mask, uint32_t prefix) {
    add_masked(filter, rule.name, rule.argument, mask, prefix, rule.others);
  });
}

void add_rule(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for (const uint32_t value : rule.values) {
    add_masked(filter, rule.name, rule.argument, ~0U, value, rule.listed);
  }
  add_others(filter, rule);
}

void add_rule(scmp_filter_ctx filter, const rules::FlagRule& rule, const Machine& machine) {
  const unsigned argument = rule.name == "clone" ? machine.clone_flags : rule.argument;
  add_masked(filter, rule.name, argument, rule.flags, 0, rules::kAllow);
  for (uint32_t bit = 1; bit != 0; bit <<= 1) {
    if ((rule.flags & bit) == 0) continue;
    add_masked(filter, rule.name, argument, bit, bit, EPERM);
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

// The lists go first. For a rule of `socket` and similar calls, libseccomp adds one for socketcall,
// which cannot see the family. It does not once socketcall has a rule without conditions.
void add_rules(scmp_filter_ctx filter, const Machine& machine) {
  for (const auto& list : rules::kCallLists) add_rule(filter, list);
  for (const auto& rule : rules::kValueRules) add_rule(filter, rule);
  for (const auto& rule : rules::kFlagRules) add_rule(filter, rule, machine);
}

bool is_action(uint32_t value) {
  constexpr uint32_t kActions[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE,
                                   SECCOMP_RET_KILL_PROCESS};
  return std::ranges::count(kActions, value & SECCOMP_RET_ACTION_FULL) != 0;
}

// libseccomp writes a program in the order of bytes of the machine that it is for. Version 2.5
// leaves some of the actions in that of the build machine.
struct sock_filter to_host(struct sock_filter i, bool big_endian) {
  if (big_endian == (std::endian::native == std::endian::big)) return i;
  i.code = __builtin_bswap16(i.code);
  const bool swapped = i.code == (BPF_RET | BPF_K) && is_action(i.k);
  if (!swapped) i.k = __builtin_bswap32(i.k);
  return i;
}

// seccomp_export_bpf writes to a descriptor only.
std::vector<struct sock_filter> program_of(scmp_filter_ctx filter, bool big_endian,
                                           uint32_t otherwise) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) die("cannot make a temporary file");
  check(seccomp_export_bpf(filter, ::fileno(file)), "seccomp_export_bpf");
  std::rewind(file);
  std::vector<struct sock_filter> program;
  struct sock_filter read = {};
  while (std::fread(&read, sizeof read, 1, file) == 1) {
    struct sock_filter instruction = to_host(read, big_endian);
    const bool returns = instruction.code == (BPF_RET | BPF_K);
    if (returns && instruction.k == kDefaultMark) instruction.k = otherwise;
    if (returns && instruction.k == kAskMark) instruction.k = SECCOMP_RET_USER_NOTIF;
    program.push_back(instruction);
  }
  std::fclose(file);
  if (program.empty()) die("libseccomp made no program");
  return program;
}

// Everything but the network.
void add_no_network_rules(scmp_filter_ctx filter) {
  add(filter, "socketcall", ENOSYS);
  for (const auto& rule : rules::kNoNetworkRules) add_rule(filter, rule);
  // io_uring makes sockets without socket(2).
  add(filter, "io_uring_setup", EPERM);
}

void add_listed(scmp_filter_ctx filter, const rules::ValueRule& rule) {
  for (const uint32_t value : rule.values) {
    add_masked(filter, rule.name, rule.argument, ~0U, value, rule.listed);
  }
}

void add_other_netlink(scmp_filter_ctx filter) {
  for_others(rules::kNetlink, [&](uint32_t mask, uint32_t prefix) {
    const struct scmp_arg_cmp compared[] = {
        {rules::kSocketFamily, SCMP_CMP_MASKED_EQ, ~0U, AF_NETLINK},
        {rules::kSocketProtocol, SCMP_CMP_MASKED_EQ, mask, prefix}};
    check(seccomp_rule_add_array(filter, action(EPROTONOSUPPORT), number_of("socket"),
                                 std::size(compared), compared),
          "socket");
  });
}

void add_second_rules(scmp_filter_ctx filter) {
  // As in the first program: without its own rule, socketcall would get one for each rule of
  // socket.
  add(filter, "socketcall", ENOSYS);
  for (const auto& rule : rules::kSecondRules) add_listed(filter, rule);
  add_other_netlink(filter);
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

void add_first_rules(scmp_filter_ctx filter, const Machine& machine, const Variant& variant) {
  if (variant.kind == Kind::kStep) add_rules(filter, machine);
  if (variant.kind == Kind::kModes) add_mode_rules(filter);
  if (variant.kind == Kind::kNoNetwork) add_no_network_rules(filter);
}

void add_second_rules(scmp_filter_ctx filter, const Variant& variant) {
  add_second_rules(filter);
  if (variant.no_core) add_no_core_rules(filter);
  if (variant.root) add_root_rules(filter);
}

// x32 calls come with the architecture of x86-64; libseccomp kills them, too.
template <typename AddRules>
std::vector<struct sock_filter> make(const Machine& machine, const Variant& variant,
                                     uint32_t otherwise, AddRules add_rules_to) {
  scmp_filter_ctx filter = seccomp_init(kDefaultMark);
  if (filter == nullptr) die("seccomp_init");
  check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "ACT_BADARCH");
  // A binary tree by call number: the comparison runs the program a million times.
  check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "CTL_OPTIMIZE");
  // libseccomp does not mix orders of bytes, and begins with the build machine's architecture.
  const auto entries = architectures(machine, variant);
  check(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE), "seccomp_arch_remove");
  for (const uint32_t entry : entries) check(seccomp_arch_add(filter, entry), "seccomp_arch_add");
  add_rules_to(filter);
  auto program = program_of(filter, machine.big_endian, otherwise);
  seccomp_release(filter);
  return program;
}

}  // namespace

// Of two rules for one call, libseccomp silently keeps one.
void check_rules() {
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

std::vector<std::vector<struct sock_filter>> reference(const Machine& machine,
                                                       const Variant& variant) {
  // The programs must not depend on what the kernel of the build machine supports (KILL_PROCESS).
  check(seccomp_api_set(3), "seccomp_api_set");
  std::vector<std::vector<struct sock_filter>> programs;
  programs.push_back(make(machine, variant, variant.otherwise(), [&](scmp_filter_ctx filter) {
    add_first_rules(filter, machine, variant);
  }));
  if (variant.kind == Kind::kStep) {
    programs.push_back(make(machine, variant, SECCOMP_RET_ALLOW,
                            [&](scmp_filter_ctx filter) { add_second_rules(filter, variant); }));
  }
  return programs;
}

}  // namespace rind::filter
