#include "helper/pid1/counters.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/base/sys.h"
#include "common/base/text.h"

namespace rind {
namespace {

// The text of a file in /proc or /sys; "" where it cannot be read. A missing counter is not
// reported, and nothing else depends on it.
std::string text_of(const std::string& path) {
  constexpr size_t kLimit = 256 * 1024;
  try {
    return sys::try_read_file(path, kLimit).value_or("");
  } catch (const Error&) {
    return {};
  }
}

// The number that follows `name` and blanks at the beginning of a line.
uint64_t line_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(name) || line.size() <= name.size()) continue;
    if (line[name.size()] != ' ' && line[name.size()] != '\t') continue;
    return std::strtoull(std::string(line.substr(name.size())).c_str(), nullptr, 10);
  }
  return 0;
}

}  // namespace

uint64_t snmp_value(const std::string& text, const std::string& section, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& line : split(text, '\n')) {
    const std::vector<std::string> fields = split(line, ' ');
    if (fields[0] != section + ":") continue;
    if (names.empty()) {
      names = fields;
      continue;
    }
    for (size_t i = 1; i < names.size() && i < fields.size(); ++i) {
      if (names[i] == name) return std::strtoull(fields[i].c_str(), nullptr, 10);
    }
  }
  return 0;
}

uint64_t unroutable() {
  return snmp_value(text_of("/proc/net/snmp"), "Ip", "OutNoRoutes") +
         line_value(text_of("/proc/net/snmp6"), "Ip6OutNoRoutes");
}

uint64_t out_of_memory_kills() {
  // cgroup v2, or v1.
  for (const char* path :
       {"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}) {
    const std::string text = text_of(path);
    if (!text.empty()) return line_value(text, "oom_kill");
  }
  return 0;
}

}  // namespace rind
