// An interpreter of the classic BPF that seccomp programs are made of, as the kernel runs it.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>

namespace rind::test {

using Program = std::span<const struct sock_filter>;

// The word at `offset` of what the kernel shows a filter.
inline uint32_t load(const struct seccomp_data& data, uint32_t offset) {
  if (offset % 4 != 0 || offset > sizeof data - 4) throw std::runtime_error("BPF: bad load");
  uint32_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(&data) + offset, sizeof word);
  return word;
}

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

// What `program` returns for one system call. Throws on an instruction that no filter of ours
// should have, and on leaving the program.
inline uint32_t run(Program program, const struct seccomp_data& data) {
  uint32_t a = 0;
  for (size_t pc = 0; pc < program.size(); ++pc) {
    const struct sock_filter& i = program[pc];
    if (i.code == (BPF_LD | BPF_W | BPF_ABS)) {
      a = load(data, i.k);
    } else if (i.code == (BPF_ALU | BPF_AND | BPF_K)) {
      a &= i.k;
    } else if (i.code == (BPF_JMP | BPF_JA)) {
      pc += i.k;
    } else if (BPF_CLASS(i.code) == BPF_JMP && BPF_SRC(i.code) == BPF_K) {
      pc += taken(i, a) ? i.jt : i.jf;
    } else if (i.code == (BPF_RET | BPF_K)) {
      return i.k;
    } else {
      throw std::runtime_error("BPF: unknown instruction");
    }
  }
  throw std::runtime_error("BPF: it does not return");
}

}  // namespace rind::test
