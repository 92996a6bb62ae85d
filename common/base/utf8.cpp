#include "common/base/utf8.h"

namespace rind {
namespace {

constexpr uint32_t kContinuationBits = 6;

// The length in bytes of a character that begins with `first`; 0 when no character can.
size_t length_of(uint8_t first) {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;  // a continuation byte, or an overlong form of ASCII
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

}  // namespace

Utf8Character utf8_at(const std::string& text, size_t at) {
  if (at >= text.size()) return {};
  const auto first = static_cast<uint8_t>(text[at]);
  const size_t length = length_of(first);
  if (length == 0 || text.size() - at < length) return {};
  if (length == 1) return {first, 1};
  uint32_t code = first & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<uint8_t>(text[at + i]);
    if ((byte & 0xc0) != 0x80) return {};
    code = code << kContinuationBits | (byte & 0x3fU);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kSmallest[length] || code > 0x10ffff || surrogate) return {};
  return {code, length};
}

void append_utf8(uint32_t code, std::string& text) {
  const auto add = [&](uint32_t byte) { text += static_cast<char>(byte); };
  const auto rest = [&](unsigned shift) { add(0x80 | ((code >> shift) & 0x3f)); };
  if (code > 0x10ffff) return;
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | (code >> 6));
  } else if (code < 0x10000) {
    add(0xe0 | (code >> 12));
    rest(6);
  } else {
    add(0xf0 | (code >> 18));
    rest(12);
    rest(6);
  }
  rest(0);
}

bool is_utf8(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_at(text, at).length;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace rind
