#include "helper/facts/passwd.h"

#include <cstdlib>
#include <vector>

#include "common/base/text.h"

namespace rind {

std::optional<TextPart> home_field(const std::string& passwd, unsigned uid) {
  constexpr size_t kUid = 2, kHome = 5;
  size_t line_start = 0;
  for (const auto& line : split(passwd, '\n')) {
    const size_t start = line_start;
    line_start += line.size() + 1;
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() <= kHome || fields[kUid].empty() || fields[kHome].empty()) continue;
    char* end = nullptr;
    const unsigned long number = std::strtoul(fields[kUid].c_str(), &end, 10);
    if (*end != '\0' || number != uid) continue;
    size_t at = start;
    for (size_t i = 0; i < kHome; ++i) at += fields[i].size() + 1;
    return TextPart{at, fields[kHome].size()};
  }
  return std::nullopt;
}

}  // namespace rind
