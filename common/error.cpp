#include "common/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace rind {

std::string printable(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') {
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
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
