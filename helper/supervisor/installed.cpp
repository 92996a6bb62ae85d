#include "helper/supervisor/installed.h"

#include <array>
#include <cstdint>

#include "common/base/text.h"

namespace rind {
namespace {

constexpr size_t kDigest = 32;  // bytes of a SHA-256

int value_of(char digit) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const size_t at = kDigits.find(digit);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Decodes base64url without padding (RFC 4648) to hex; "" when it is not a SHA-256.
std::string hex_of(const std::string& base64) {
  constexpr size_t kLength = (kDigest * 8 + 5) / 6;
  if (base64.size() != kLength) return {};
  std::string hex;
  uint32_t bits = 0;
  int held = 0;
  for (const char digit : base64) {
    const int value = value_of(digit);
    if (value < 0) return {};
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xffff;
    for (held += 6; held >= 4 && hex.size() < kDigest * 2; held -= 4) {
      hex += "0123456789abcdef"[bits >> (held - 4) & 15];
    }
  }
  return hex;
}

}  // namespace

std::map<std::string, std::string> recorded_files(const std::string& record) {
  constexpr std::string_view kHash = ",sha256=";
  std::map<std::string, std::string> files;
  for (const auto& line : split(record, '\n')) {
    const size_t hash = line.rfind(kHash);
    if (hash == std::string::npos || hash == 0 || line[0] == '"' || line[0] == '/') continue;
    const std::string path = line.substr(0, hash);
    if (("/" + path + "/").find("/../") != std::string::npos) continue;
    const size_t start = hash + kHash.size();
    const std::string digest = hex_of(line.substr(start, line.find(',', start) - start));
    if (!digest.empty()) files[path] = digest;
  }
  return files;
}

}  // namespace rind
