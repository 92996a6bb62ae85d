// Writes a BPF program from its end to its start, so that every jump's target is there before it.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace rind::filter {

class Assembler {
 public:
  // An instruction; the program's last one is 0.
  using Place = size_t;

  // An instruction that returns `action`, near enough to jump to from the next one that is added.
  Place returns(uint32_t action);

  // `if (a OP k) goto yes; else goto no`. Targets that eight bits do not reach get a jump that
  // does, or a copy where they return.
  Place jump_if(uint16_t operation, uint32_t k, Place yes, Place no);

  // Loads the word of struct seccomp_data at `offset`, then goes on with the instruction that was
  // added last.
  Place load(size_t offset);

  // The program, from its start.
  std::vector<struct sock_filter> program() const {
    return {instructions_.rbegin(), instructions_.rend()};
  }

 private:
  Place add(uint16_t code, uint32_t k, uint8_t yes = 0, uint8_t no = 0);
  bool is_near(Place place) const;
  Place near(Place place);

  std::vector<struct sock_filter> instructions_;
  std::map<uint32_t, Place> returns_;  // by action, the newest
  std::map<Place, Place> jumps_;       // by target, the newest
};

}  // namespace rind::filter
