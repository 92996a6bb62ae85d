#include "hook/kit/shebang.h"

namespace rind::hook {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_name(char c) { return is_blank(c) || c == '\0'; }

// The first line, without "#!" and the newline; empty where the kernel refuses it.
std::string_view first_line(std::string_view buffer) {
  const size_t newline = buffer.find('\n');
  if (newline != std::string_view::npos) return buffer.substr(0, newline);
  // No end in sight: the kernel leaves out the last byte, and takes the line when the interpreter's
  // name ends before that. What is cut off then is an argument.
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
  buffer.resize(kStartBytes, '\0');  // as the kernel's
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
