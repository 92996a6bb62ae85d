#include "hook/kit/shebang.h"

namespace rind::hook {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_name(char c) { return is_blank(c) || c == '\0'; }

// The first line, without "#!" and the newline; empty when the kernel refuses it.
std::string_view first_line(std::string_view buffer) {
  const size_t newline = buffer.find('\n');
  if (newline != std::string_view::npos) return buffer.substr(0, newline);
  // The line does not end in the buffer. The kernel then ignores the last byte, and accepts the
  // line if the interpreter's name ends before it: only an argument is truncated.
  buffer.remove_suffix(1);
  size_t at = 0;
  while (at < buffer.size() && is_blank(buffer[at])) ++at;
  if (at == buffer.size()) return {};
  while (at < buffer.size() && !ends_name(buffer[at])) ++at;
  return at == buffer.size() ? std::string_view{} : buffer;
}

}  // namespace

ProgramStart program_start(std::string_view bytes) {
  using Kind = ProgramStart::Kind;
  std::string buffer(bytes.substr(0, kStartBytes));
  buffer.resize(kStartBytes, '\0');  // like the kernel's buffer
  if (buffer.compare(0, 4,
                     "\x7f"
                     "ELF") == 0)
    return {Kind::kElf, {}};
  if (buffer.compare(0, 2, "#!") != 0) return {};
  const std::string_view line = first_line(std::string_view(buffer).substr(2));
  size_t begin = 0;
  while (begin < line.size() && is_blank(line[begin])) ++begin;
  size_t end = begin;
  while (end < line.size() && !ends_name(line[end])) ++end;
  if (begin == end) return {};
  return {Kind::kScript, std::string(line.substr(begin, end - begin))};
}

}  // namespace rind::hook
