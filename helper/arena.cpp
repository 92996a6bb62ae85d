#include "helper/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define RIND_NO_ARENA
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define RIND_NO_ARENA
#endif

#ifdef RIND_NO_ARENA

void rind::prepare_arena(size_t) {}

#else

namespace {

constexpr size_t kRegion = 512 * 1024, kPage = 4096;
constexpr size_t kLargest = 64 * 1024;  // of a piece
constexpr size_t kAlign = alignof(std::max_align_t);

alignas(kPage) char region[kRegion];
char* next = region;

constexpr size_t aligned(size_t size) {
  return size == 0 ? kAlign : (size + kAlign - 1) / kAlign * kAlign;
}

bool is_of_region(const void* piece) {
  return piece >= static_cast<void*>(region) && piece < static_cast<void*>(region + kRegion);
}

}  // namespace

void rind::prepare_arena(size_t bytes) {
  ::madvise(region, std::min(bytes, kRegion), MADV_POPULATE_WRITE);
}

void* operator new(size_t size) {
  if (size <= kLargest && aligned(size) <= static_cast<size_t>(region + kRegion - next)) {
    char* const piece = next;
    next += aligned(size);
    return piece;
  }
  void* const piece = std::malloc(size);
  if (piece == nullptr) throw std::bad_alloc();
  return piece;
}

void operator delete(void* piece) noexcept {
  if (!is_of_region(piece)) std::free(piece);
}

void operator delete(void* piece, size_t size) noexcept {
  if (!is_of_region(piece)) return std::free(piece);
  if (static_cast<char*>(piece) + aligned(size) == next) next = static_cast<char*>(piece);
}

#endif
