// Where things are in a JSON text, and what is wrong with it, in plain words.
//
// The parser of nlohmann/json decides what is accepted. These functions read the text again when
// there is an error to report, so that a text without errors costs nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rind {

// A place in a text, counted from 1. Columns count characters, not bytes.
struct TextPlace {
  size_t line = 1, column = 1;
};
// "LINE:COLUMN", as compilers and editors write it after a file's name.
std::string to_string(const TextPlace& place);

struct JsonFault {
  TextPlace at;
  std::string why, remedy;
};

// What a value may be nested in at most; deeper texts are a fault.
inline constexpr int kMaxJsonDepth = 64;

// The first fault of `text` as JSON (RFC 8259): its syntax, a key that an object has twice, or
// nesting deeper than kMaxJsonDepth. Nothing when it has none. A byte order mark of UTF-8 at the
// start is no fault.
std::optional<JsonFault> find_json_fault(const std::string& text);

// The place of a value that `keys` lead to. The key of an array's element is its index.
struct JsonPlace {
  TextPlace at;      // of the last key that is there; without any, of the text's first value
  size_t found = 0;  // how many of the keys are there
};
// text: without faults.
JsonPlace find_in_json(const std::string& text, const std::vector<std::string>& keys);

}  // namespace rind
