#include "common/base/json_remedy.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/base/text.h"

namespace rind {
namespace {

// The bytes of "1G", "512 MiB": K, M, G and T are powers of 1024; nothing for another text.
std::optional<uint64_t> bytes_of(const std::string& text) {
  static const std::string kUnits = "KMGT";
  size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  constexpr size_t kMostDigits = 6;
  if (end == 0 || end > kMostDigits) return std::nullopt;
  uint64_t number = std::stoull(text.substr(0, end));
  while (end < text.size() && text[end] == ' ') ++end;
  if (end == text.size()) return std::nullopt;
  const size_t unit = kUnits.find(text[end] == 'k' ? 'K' : text[end]);
  const std::string rest = text.substr(end + 1);
  if (unit == std::string::npos || (!rest.empty() && rest != "B" && rest != "iB")) {
    return std::nullopt;
  }
  for (size_t i = 0; i <= unit; ++i) number *= 1024;
  return number;
}

bool is_number(const std::string& text) {
  constexpr size_t kMostDigits = 18;
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), is_digit);
}

bool begins(const std::string& text, const char* start) { return text.starts_with(start); }

}  // namespace

std::string json_text(const Json& value) {
  constexpr size_t kShown = 200;
  return value.dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, kShown);
}

std::string remedy_for_json(const Json& found, const std::string& expected) {
  const bool text = found.is_string();
  const std::string word = text ? found.get<std::string>() : std::string();
  if (begins(expected, "true or false")) {
    if (text && (word == "true" || word == "false")) return "write " + word + " without quotes";
    if (word == "yes" || word == "on") return "write true";
    if (word == "no" || word == "off") return "write false";
  }
  if (begins(expected, "an integer") || begins(expected, "a number")) {
    if (is_number(word)) return "write " + word + " without quotes";
    if (const auto bytes = bytes_of(word)) return "write " + std::to_string(*bytes);
    if (found.is_number_float()) return "write it without a point and without an exponent";
  }
  if (begins(expected, "an array of strings") && text) return "write [" + json_text(found) + "]";
  if (begins(expected, "an array of strings") && found.is_null()) return "write []";
  if (begins(expected, "a string") && !found.is_structured() && !found.is_null()) {
    return "write \"" + json_text(found) + "\"";
  }
  if (begins(expected, "an absolute path") || begins(expected, "absolute paths")) {
    if (begins(word, "~") || begins(word, "$")) return "write the whole path";
    if (word.size() > 1 && word.back() == '/') {
      return "write \"" + word.substr(0, word.find_last_not_of('/') + 1) + "\"";
    }
  }
  return "write " + expected;
}

}  // namespace rind
