#include "helper/pid1/filter/assembler.h"

namespace rind::filter {

Assembler::Place Assembler::add(uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
  instructions_.push_back({code, yes, no, k});
  return instructions_.size() - 1;
}

// Two instructions are left free: what brings one target near moves the other one away.
bool Assembler::is_near(Place place) const { return instructions_.size() - place - 1 <= 253; }

Assembler::Place Assembler::near(Place place) {
  if (is_near(place)) return place;
  const struct sock_filter target = instructions_[place];
  if (target.code == (BPF_RET | BPF_K)) return returns(target.k);
  auto [jump, fresh] = jumps_.try_emplace(place, place);
  if (fresh || !is_near(jump->second)) {
    jump->second = add(BPF_JMP | BPF_JA, static_cast<uint32_t>(instructions_.size() - place - 1));
  }
  return jump->second;
}

Assembler::Place Assembler::returns(uint32_t action) {
  const auto found = returns_.find(action);
  if (found != returns_.end() && is_near(found->second)) return found->second;
  return returns_[action] = add(BPF_RET | BPF_K, action);
}

Assembler::Place Assembler::jump_if(uint16_t operation, uint32_t k, Place yes, Place no) {
  yes = near(yes);
  no = near(no);
  const Place here = instructions_.size();
  return add(BPF_JMP | operation | BPF_K, k, static_cast<uint8_t>(here - yes - 1),
             static_cast<uint8_t>(here - no - 1));
}

Assembler::Place Assembler::load(size_t offset) {
  return add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset));
}

}  // namespace rind::filter
