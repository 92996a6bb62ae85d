// UTF-8 in untrusted names: a file system accepts any bytes, JSON and terminals do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rind {

// One character of a text.
struct Utf8Character {
  uint32_t code = 0;  // the code point
  size_t length = 0;  // in bytes; 0 when no valid character begins here
};

// The character that begins at `at`. Overlong forms, surrogates and code points above U+10FFFF are
// not valid.
Utf8Character utf8_at(const std::string& text, size_t at);

// Appends the code point `code` to `text`; nothing above U+10FFFF.
void append_utf8(uint32_t code, std::string& text);

// True when `text` is valid UTF-8.
bool is_utf8(const std::string& text);

}  // namespace rind
