// What fuzz targets say of what they read.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/base/text.h"

namespace rind::fuzz {

// Ends the process, as a crash does, where `holds` is false.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "property does not hold: %s\n", property);
  std::abort();
}

// True when `act` accepts its input; false where it throws an Error, which must be one line.
// Any other exception is a fault: nobody expects it.
template <typename Act>
bool accepts(Act act) {
  try {
    act();
    return true;
  } catch (const Error& e) {
    const std::string line = e.what();
    require(!line.empty() && line.find('\n') == std::string::npos, "an error is one line");
    return false;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    require(false, "what is refused is refused by an Error");
    return false;
  }
}

// The lines of an input, each one argument of what is tested.
inline std::vector<std::string> lines_of(std::string_view input) {
  return split(std::string(input), '\n');
}

// The line with this index, or "".
inline std::string line_at(const std::vector<std::string>& lines, size_t index) {
  return index < lines.size() ? lines[index] : std::string();
}

}  // namespace rind::fuzz
