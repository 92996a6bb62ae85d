// UTF-8 in names that somebody else chose: a file system takes any bytes, JSON and terminals do
// not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rind {

// One character of a text.
struct Utf8Character {
  uint32_t code = 0;  // the code point
  size_t length = 0;  // in bytes; 0 where no character begins
};

// The character that begins at `at`, as Unicode defines it: no overlong forms, no surrogates,
// nothing above U+10FFFF.
Utf8Character utf8_at(const std::string& text, size_t at);

// True when all of `text` is UTF-8.
bool is_utf8(const std::string& text);

}  // namespace rind
