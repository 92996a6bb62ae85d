// The whole program has its memory from the arena, as the helper has.
#include "helper/arena.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <vector>

#include "tests/unit/support.h"

using namespace rind;

namespace {

struct Piece {
  unsigned char* at;
  size_t size;
  unsigned char content;
  bool holds() const {
    return std::all_of(at, at + size, [&](unsigned char byte) { return byte == content; });
  }
};

// With its size, where the compiler knows such a delete.
void give_back(const Piece& piece) {
  std::allocator<unsigned char>().deallocate(piece.at, piece.size);
}

}  // namespace

TEST_CASE("arena: pieces keep their content and their alignment, in the region and beyond it") {
  constexpr size_t kRegion = 512 * 1024, kLargest = 100 * 1024;
  prepare_arena(kRegion);
  std::mt19937 random(1);
  std::vector<Piece> pieces;
  size_t taken = 0;
  while (taken < 8 * kRegion) {
    const size_t size = random() % 8 == 0 ? random() % kLargest : random() % 200;
    auto* const at = static_cast<unsigned char*>(::operator new(size));
    CHECK(reinterpret_cast<uintptr_t>(at) % alignof(std::max_align_t) == 0);
    const auto content = static_cast<unsigned char>(random());
    std::memset(at, content, size);
    pieces.push_back({at, size, content});
    taken += size;
    // Some of them, and often the last one, are given back.
    while (!pieces.empty() && random() % 3 == 0) {
      const size_t which = random() % 2 == 0 ? pieces.size() - 1 : random() % pieces.size();
      const Piece piece = pieces[which];
      CHECK(piece.holds());
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(which));
      if (random() % 2 == 0) {
        give_back(piece);
      } else {
        ::operator delete(piece.at);
      }
    }
  }
  for (const auto& piece : pieces) {
    CHECK(piece.holds());
    give_back(piece);
  }
}
