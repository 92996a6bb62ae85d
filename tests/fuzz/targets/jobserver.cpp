// make's flags. Lines: the value.
#include "helper/plan/jobserver.h"

#include <algorithm>

#include "tests/fuzz/property.h"

namespace rind::fuzz {
namespace {

// In a word before "--". A word after a quoted blank is none.
bool names_jobserver(std::string flags) {
  std::replace(flags.begin(), flags.end(), '\t', ' ');
  std::string before;
  for (const auto& word : split(flags, ' ')) {
    if (word == "--") return false;
    if (!before.ends_with('\\') && word.starts_with("--jobserver-auth=")) return true;
    before = word;
  }
  return false;
}

}  // namespace

void fuzz_jobserver(std::string_view input) {
  const std::string value(input);
  for (const char* name : {"MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"}) {
    const std::string left = without_jobserver(name, value, 3);
    require(!names_jobserver(left), "no jobserver is left");
    require(without_jobserver(name, left, 3) == left, "what is left stays");
  }
  require(without_jobserver("CFLAGS", value, 3) == value, "other variables stay");
}

}  // namespace rind::fuzz
