#include "helper/pid1/filter/decisions.h"

#include <cstdlib>
#include <iterator>
#include <span>

#include "helper/pid1/filter/rules.h"

namespace rind::filter {
namespace {

using rules::Verdict;
using Decisions = std::map<std::string, Decision>;

uint32_t action(Verdict verdict) {
  if (verdict == rules::kPretend) return SECCOMP_RET_ERRNO;
  return verdict == rules::kAllow ? SECCOMP_RET_ALLOW
                                  : SECCOMP_RET_ERRNO | static_cast<uint32_t>(verdict);
}

// Adds a clause to the decision about `name`, behind those that are there: the kernel, too, takes
// the answer of the first of two programs that both refuse.
void add(Decisions& all, std::string_view name, Clause clause) {
  auto [place, _] = all.try_emplace(std::string(name), Decision{{}, SECCOMP_RET_ALLOW});
  if (place->second.otherwise != SECCOMP_RET_ALLOW) return;
  place->second.clauses.push_back(std::move(clause));
}

void add(Decisions& all, const rules::ValueRule& rule) {
  const bool lists_allowed = rule.listed == rules::kAllow;
  add(all, rule.name,
      {{{lists_allowed ? Test::Is::kNoneOf : Test::Is::kOneOf,
         rule.argument,
         {rule.values.begin(), rule.values.end()}}},
       action(lists_allowed ? rule.others : rule.listed)});
}

Test any_bit(unsigned argument, uint32_t bits) { return {Test::Is::kAnyBit, argument, {bits}}; }

void add_step(Decisions& all, const Machine& machine) {
  for (const auto& list : rules::kCallLists) {
    for (const auto& name : rules::names_of(list)) all[name] = {{}, action(list.verdict)};
  }
  for (const auto& rule : rules::kValueRules) add(all, rule);
  for (const auto& rule : rules::kFlagRules) {
    const unsigned argument = rule.name == "clone" ? machine.clone_flags : rule.argument;
    add(all, rule.name, {{any_bit(argument, rule.flags)}, action(EPERM)});
  }
  for (const auto& rule : rules::kSecondRules) add(all, rule);
  const Test netlink = {Test::Is::kOneOf, rules::kSocketFamily, {AF_NETLINK}};
  const Test other = {Test::Is::kNoneOf,
                      rules::kSocketProtocol,
                      {std::begin(rules::kNetlink), std::end(rules::kNetlink)}};
  add(all, "socket", {{netlink, other}, action(EPROTONOSUPPORT)});
}

void add_no_core(Decisions& all) {
  for (const auto& rule : rules::kNoCoreRules) add(all, rule);
  const Test core = {Test::Is::kOneOf, rules::kPrlimitResource, {RLIMIT_CORE}};
  const Test sets = {Test::Is::kNonZero, rules::kPrlimitNew, {}};
  const Test asks = {Test::Is::kNonZero, rules::kPrlimitOld, {}};
  add(all, "prlimit64", {{core, sets, asks}, action(EPERM)});
  add(all, "prlimit64", {{core, sets}, action(rules::kPretend)});
}

void add_modes(Decisions& all) {
  for (const auto& rule : rules::kChangesMode) {
    add(all, rule.name, {{any_bit(rule.mode, rules::kSetIds)}, SECCOMP_RET_USER_NOTIF});
  }
  for (const auto& rule : rules::kMakesFile) {
    add(all, rule.name, {{any_bit(rule.mode, rules::kSetIds)}, action(EPERM)});
  }
  for (const auto& rule : rules::kOpens) {
    add(all, rule.name,
        {{any_bit(rule.flags, rules::kCreates), any_bit(rule.mode, rules::kSetIds)},
         action(EPERM)});
  }
  all[std::string(rules::kHidesMode)] = {{}, action(ENOSYS)};
}

void put(std::vector<Range>& all, uint32_t first, const Decision& decision) {
  if (!all.empty() && all.back().decision == decision) return;
  all.push_back({first, decision});
}

}  // namespace

Decisions decisions(const Machine& machine, const Variant& variant) {
  Decisions all;
  switch (variant.kind) {
    case Kind::kStep:
      add_step(all, machine);
      if (variant.no_core) add_no_core(all);
      if (variant.root) {
        for (const auto& rule : rules::kRootRules) add(all, rule);
      }
      break;
    case Kind::kNoNetwork:
      for (const auto& rule : rules::kNoNetworkRules) add(all, rule);
      // io_uring makes sockets without socket(2).
      all["io_uring_setup"] = {{}, action(EPERM)};
      break;
    case Kind::kModes:
      add_modes(all);
      break;
  }
  // socketcall, which hides the family and the protocol.
  if (variant.kind != Kind::kModes) all["socketcall"] = {{}, action(ENOSYS)};
  return all;
}

std::vector<Range> ranges(const Machine& machine, const Variant& variant, uint32_t architecture) {
  const Decisions by_name = decisions(machine, variant);
  const Decision otherwise = {{}, variant.otherwise()};
  std::vector<Range> all;
  const auto put_numbers = [&](uint32_t first, uint32_t end) {
    for (uint32_t number = first; number < end; ++number) {
      char* name = seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number));
      const auto found = by_name.find(name == nullptr ? "" : name);
      std::free(name);
      put(all, number, found == by_name.end() ? otherwise : found->second);
    }
    put(all, end, otherwise);
  };
  // No machine has more calls than this, but arm's own (breakpoint, cacheflush, set_tls).
  put_numbers(0, 4096);
  put_numbers(0xf0000, 0xf0010);
  if (machine.x32 && architecture == machine.native) {
    constexpr uint32_t kX32 = 0x40000000;
    put(all, kX32, {{}, SECCOMP_RET_KILL_PROCESS});
    // A call that a tracer took away.
    put(all, ~0U, otherwise);
  }
  return all;
}

}  // namespace rind::filter
