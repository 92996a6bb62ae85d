#include "common/base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/utf8.h"

namespace rind {
namespace {

// Characters that move a terminal's cursor, end a line, or change the direction of the text.
bool is_invisible(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

}  // namespace

std::string printable(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_at(text, at);
    const size_t length = c.length == 0 ? 1 : c.length;
    if (c.length != 0 && c.code != '\\' && !is_invisible(c.code)) {
      out.append(text, at, length);
    } else {
      for (size_t i = at; i < at + length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      }
    }
    at += length;
  }
  return out;
}

Error::Error(std::string what, std::string why, std::string remedy)
    : what_(std::move(what)), why_(std::move(why)), remedy_(std::move(remedy)) {
  line_ = printable(what_);
  if (!why_.empty()) line_ += ": " + printable(why_);
  if (!remedy_.empty()) line_ += "; " + printable(remedy_);
}

SysError::SysError(const std::string& operation, const std::string& object, int code)
    : Error(object.empty() ? operation : operation + " " + object, std::strerror(code)),
      code_(code) {}

void throw_errno(const std::string& operation, const std::string& object) {
  throw SysError(operation, object, errno);
}

}  // namespace rind
