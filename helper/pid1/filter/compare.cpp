#include "helper/pid1/filter/compare.h"

#include <linux/audit.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace rind::filter {
namespace {

constexpr uint32_t kArchitectures[] = {AUDIT_ARCH_AARCH64,
                                       AUDIT_ARCH_ALPHA,
                                       AUDIT_ARCH_ARCOMPACT,
                                       AUDIT_ARCH_ARCOMPACTBE,
                                       AUDIT_ARCH_ARCV2,
                                       AUDIT_ARCH_ARCV2BE,
                                       AUDIT_ARCH_ARM,
                                       AUDIT_ARCH_ARMEB,
                                       AUDIT_ARCH_C6X,
                                       AUDIT_ARCH_C6XBE,
                                       AUDIT_ARCH_CRIS,
                                       AUDIT_ARCH_CSKY,
                                       AUDIT_ARCH_FRV,
                                       AUDIT_ARCH_HEXAGON,
                                       AUDIT_ARCH_I386,
                                       AUDIT_ARCH_IA64,
                                       AUDIT_ARCH_M32R,
                                       AUDIT_ARCH_M68K,
                                       AUDIT_ARCH_MICROBLAZE,
                                       AUDIT_ARCH_MIPS,
                                       AUDIT_ARCH_MIPSEL,
                                       AUDIT_ARCH_MIPS64,
                                       AUDIT_ARCH_MIPS64N32,
                                       AUDIT_ARCH_MIPSEL64,
                                       AUDIT_ARCH_MIPSEL64N32,
                                       AUDIT_ARCH_NDS32,
                                       AUDIT_ARCH_NDS32BE,
                                       AUDIT_ARCH_NIOS2,
                                       AUDIT_ARCH_OPENRISC,
                                       AUDIT_ARCH_PARISC,
                                       AUDIT_ARCH_PARISC64,
                                       AUDIT_ARCH_PPC,
                                       AUDIT_ARCH_PPC64,
                                       AUDIT_ARCH_PPC64LE,
                                       AUDIT_ARCH_RISCV32,
                                       AUDIT_ARCH_RISCV64,
                                       AUDIT_ARCH_S390,
                                       AUDIT_ARCH_S390X,
                                       AUDIT_ARCH_SH,
                                       AUDIT_ARCH_SHEL,
                                       AUDIT_ARCH_SH64,
                                       AUDIT_ARCH_SHEL64,
                                       AUDIT_ARCH_SPARC,
                                       AUDIT_ARCH_SPARC64,
                                       AUDIT_ARCH_TILEGX,
                                       AUDIT_ARCH_TILEGX32,
                                       AUDIT_ARCH_TILEPRO,
                                       AUDIT_ARCH_UNICORE,
                                       AUDIT_ARCH_X86_64,
                                       AUDIT_ARCH_XTENSA,
                                       AUDIT_ARCH_LOONGARCH32,
                                       AUDIT_ARCH_LOONGARCH64,
                                       SCMP_ARCH_X32,
                                       0,
                                       ~0U};

constexpr uint32_t kNumberBit = 1U << kNumberWord;
constexpr uint32_t kArgumentBits = ~0U << (offsetof(struct seccomp_data, args) / 4);
constexpr uint32_t kX32 = 0x40000000, kNegative = 0x80000000;

// The values that a jump compares with, and one beside each.
void add_compared(const struct sock_filter& jump, std::set<uint32_t>& values) {
  values.insert({0, ~0U, jump.k, jump.k + 1});
  for (uint32_t bit = 1; BPF_OP(jump.code) == BPF_JSET && bit != 0; bit <<= 1) {
    if ((jump.k & bit) != 0) values.insert(bit);
  }
}

// The values around those that a jump compares with.
void add_around(const struct sock_filter& jump, uint32_t mask, bool each_bit,
                std::set<uint32_t>& values) {
  values.insert({0, ~0U, jump.k - 1, jump.k, jump.k + 1, jump.k | ~mask});
  for (uint32_t bit = 1; bit != 0; bit <<= 1) {
    if (BPF_OP(jump.code) == BPF_JSET) values.insert({jump.k & bit, ~(jump.k & bit)});
    if (each_bit) values.insert({bit, jump.k ^ bit});
  }
}

std::set<uint32_t> numbers_around(std::span<const Program> programs) {
  std::set<uint32_t> values;
  for (const Program program : programs) {
    for (const auto& i : program) {
      if (BPF_CLASS(i.code) == BPF_JMP) add_around(i, ~0U, false, values);
    }
  }
  for (uint32_t bit = 1; bit != 0; bit <<= 1) values.insert({bit - 1, bit, bit + 1, ~bit});
  for (uint32_t number = 0xf0000; number < 0xf0100; ++number) values.insert(number);
  for (uint32_t number = ~0U; number > ~0xffU; --number) values.insert(number);
  return values;
}

class Comparison {
 public:
  // programs: ours first.
  Comparison(const Machine& machine, std::vector<Program> programs)
      : machine_(machine), programs_(std::move(programs)), numbers_(numbers_around(programs_)) {}

  std::string difference() {
    std::set<uint32_t> architectures(std::begin(kArchitectures), std::end(kArchitectures));
    architectures.insert({machine_.native, machine_.compat});
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
      architectures.insert({machine_.native ^ bit, machine_.compat ^ bit});
    }
    for (const uint32_t architecture : architectures) {
      words_ = {};
      words_[kArchWord] = architecture;
      each_number();
      if (!found_.empty()) break;
    }
    return found_;
  }

 private:
  void each_number() {
    if (!number(0)) return;
    for (const uint32_t bits : {0U, kX32, kNegative, kX32 | kNegative}) {
      for (uint32_t low = 0; low <= 0xffff; ++low) number(bits | low);
    }
    for (const uint32_t value : numbers_) number(value);
  }

  // Whether the programs look at the number at all.
  bool number(uint32_t value) {
    words_[kNumberWord] = value;
    const uint32_t looked_at = same();
    if ((looked_at & kArgumentBits) != 0 && found_.empty()) each_argument();
    return (looked_at & kNumberBit) != 0;
  }

  // Compares one call; returns the words that were looked at.
  uint32_t same(bool traced = false) {
    Result expected = {SECCOMP_RET_ALLOW, 0};
    Result ours;
    for (size_t i = 0; i < programs_.size(); ++i) {
      const Result result = run(programs_[i], words_, traced ? &traces_[i] : nullptr);
      Result& into = i == 0 ? ours : expected;
      const uint32_t words = into.words | result.words;
      // The order of the kernel's actions is that of signed numbers.
      const auto rank = [](uint32_t action) {
        return static_cast<int32_t>(action & SECCOMP_RET_ACTION_FULL);
      };
      if (i == 0 || rank(result.action) < rank(into.action)) into = result;
      into.words = words;
    }
    if (ours.action != expected.action && found_.empty()) tell(ours.action, expected.action);
    return ours.words | expected.words;
  }

  // Each argument's values with those that our program compares of the others; where one shows
  // more comparisons, once more with theirs.
  void each_argument() {
    traces_.clear();
    for (const Program program : programs_) traces_.emplace_back(program.size());
    const Words before = words_;
    same(true);
    for (auto values = values_compared(); found_.empty();) {
      for (size_t word = 0; word < words_.size(); ++word) {
        if (!values.around[word].empty()) combine(values, word, 0);
      }
      auto more = values_compared();
      if (more == values) break;
      values = std::move(more);
    }
    words_ = before;
  }

  using Sets = std::array<std::set<uint32_t>, std::tuple_size_v<Words>>;
  struct Values {
    Sets around, compared;
    bool operator==(const Values&) const = default;
  };

  Values values_compared() const {
    Values values;
    for (size_t i = 0; i < programs_.size(); ++i) {
      for (size_t pc = 0; pc < programs_[i].size(); ++pc) {
        const auto& jump = traces_[i].jumps[pc];
        for (size_t word = 0; word < words_.size(); ++word) {
          if ((jump.words & kArgumentBits & (1U << word)) == 0) continue;
          add_around(programs_[i][pc], jump.mask, i == 0, values.around[word]);
          // libseccomp's ranges by prefix are no values that a rule has.
          const bool of_a_rule = jump.mask == ~0U || jump.mask == programs_[i][pc].k;
          if (of_a_rule) add_compared(programs_[i][pc], values.compared[word]);
        }
      }
    }
    return values;
  }

  void combine(const Values& values, size_t varied, size_t word) {
    const auto set = [&](size_t w) -> const std::set<uint32_t>& {
      return w == varied ? values.around[w] : values.compared[w];
    };
    while (word < words_.size() && set(word).empty()) ++word;
    if (word == words_.size()) {
      same(true);
      return;
    }
    for (const uint32_t value : set(word)) {
      words_[word] = value;
      combine(values, varied, word + 1);
    }
  }

  void tell(uint32_t ours, uint32_t expected) {
    char text[100];
    std::snprintf(text, sizeof text, "%s: call %#x by %#x", machine_.name, words_[kNumberWord],
                  words_[kArchWord]);
    found_ = text;
    for (size_t i = offsetof(struct seccomp_data, args) / 4; i < words_.size(); ++i) {
      std::snprintf(text, sizeof text, " %#x", words_[i]);
      found_ += text;
    }
    std::snprintf(text, sizeof text, ": %#x instead of %#x", ours, expected);
    found_ += text;
  }

  const Machine& machine_;
  std::vector<Program> programs_;
  std::set<uint32_t> numbers_;
  Words words_ = {};
  std::vector<Trace> traces_;
  std::string found_;
};

}  // namespace

std::string difference(const Machine& machine, Program program,
                       const std::vector<std::vector<struct sock_filter>>& expected) {
  std::vector<Program> programs = {program};
  programs.insert(programs.end(), expected.begin(), expected.end());
  return Comparison(machine, std::move(programs)).difference();
}

}  // namespace rind::filter
