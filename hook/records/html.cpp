#include "hook/records/html.h"

#include "common/base/error.h"
#include "common/base/hash.h"

namespace rind::hook {
namespace {

constexpr const char* kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned nibble(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

// Of the bytes that `hex` writes.
std::string base64_of_hex(const std::string& hex) {
  std::string out;
  for (size_t at = 0; at < hex.size(); at += 6) {
    const std::string group = hex.substr(at, 6);
    uint32_t bits = 0;
    for (size_t i = 0; i < 6; ++i) bits = bits << 4 | (i < group.size() ? nibble(group[i]) : 0);
    const size_t characters = group.size() / 2 + 1;
    for (size_t i = 0; i < 4; ++i) {
      out += i < characters ? kBase64[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

}  // namespace

std::string html_text(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '`':
        out += "&#96;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string csp_hash(const std::string& code) {
  return "'sha256-" + base64_of_hex(sha256_hex(code)) + "'";
}

}  // namespace rind::hook
