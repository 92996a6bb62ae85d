// An interpreter of the classic BPF that seccomp programs are made of, as the kernel runs it.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace rind::filter {

using Program = std::span<const struct sock_filter>;

// What the kernel shows a filter: struct seccomp_data in words of 32 bits. The order of an
// argument's halves is that of the machine that the program is for.
using Words = std::array<uint32_t, sizeof(struct seccomp_data) / 4>;
inline constexpr size_t kNumberWord = offsetof(struct seccomp_data, nr) / 4;
inline constexpr size_t kArchWord = offsetof(struct seccomp_data, arch) / 4;

constexpr size_t low_word(unsigned argument, bool big_endian) {
  return offsetof(struct seccomp_data, args) / 4 + argument * 2 + (big_endian ? 1 : 0);
}
constexpr size_t high_word(unsigned argument, bool big_endian) {
  return low_word(argument, !big_endian);
}

// What runs of a program looked at.
struct Trace {
  // One jump: the words that it compared, a bit each, and the mask that lay on them last.
  struct Jump {
    uint32_t words = 0;
    uint32_t mask = ~0U;
  };
  explicit Trace(size_t instructions) : jumps(instructions) {}
  std::vector<Jump> jumps;  // for each instruction
};

// What one run of a program came to.
struct Result {
  uint32_t action = 0;
  uint32_t words = 0;  // the words that were loaded, a bit each

  bool operator==(const Result&) const = default;
};

// Whether the conditional jump `i` is taken.
inline bool taken(const struct sock_filter& i, uint32_t a) {
  switch (BPF_OP(i.code)) {
    case BPF_JEQ:
      return a == i.k;
    case BPF_JGT:
      return a > i.k;
    case BPF_JGE:
      return a >= i.k;
    case BPF_JSET:
      return (a & i.k) != 0;
    default:
      throw std::runtime_error("BPF: unknown jump");
  }
}

// Runs `program` for one system call; notes in `trace`, unless null, what it compares. Throws
// std::runtime_error on an instruction that no filter of ours should have, and on leaving the
// program.
inline Result run(Program program, const Words& words, Trace* trace = nullptr) {
  Result result;
  uint32_t a = 0, mask = ~0U;
  size_t word = 0;
  for (size_t pc = 0; pc < program.size(); ++pc) {
    const struct sock_filter& i = program[pc];
    if (i.code == (BPF_LD | BPF_W | BPF_ABS)) {
      if (i.k % 4 != 0 || i.k / 4 >= words.size()) throw std::runtime_error("BPF: bad load");
      word = i.k / 4;
      a = words[word];
      mask = ~0U;
      result.words |= 1U << word;
    } else if (i.code == (BPF_ALU | BPF_AND | BPF_K)) {
      a &= i.k;
      mask = i.k;
    } else if (i.code == (BPF_JMP | BPF_JA)) {
      pc += i.k;
    } else if (BPF_CLASS(i.code) == BPF_JMP && BPF_SRC(i.code) == BPF_K) {
      if (trace != nullptr) {
        trace->jumps[pc].words |= 1U << word;
        trace->jumps[pc].mask = mask;
      }
      pc += taken(i, a) ? i.jt : i.jf;
    } else if (i.code == (BPF_RET | BPF_K)) {
      result.action = i.k;
      return result;
    } else {
      throw std::runtime_error("BPF: unknown instruction");
    }
  }
  throw std::runtime_error("BPF: it does not return");
}

}  // namespace rind::filter
