#include "helper/step/version.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/text.h"

namespace rind {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The number without leading zeros. It stays text, because it may have any length.
std::string plain_number(const std::string& digits) {
  const size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

// A spelling and its normal form. Longer spellings come before their prefixes.
using Spelling = std::pair<std::string_view, std::string_view>;
constexpr std::array<Spelling, 8> kPre = {{{"alpha", "a"},
                                           {"a", "a"},
                                           {"beta", "b"},
                                           {"b", "b"},
                                           {"preview", "rc"},
                                           {"pre", "rc"},
                                           {"c", "rc"},
                                           {"rc", "rc"}}};
constexpr std::array<Spelling, 3> kPost = {{{"post", ".post"}, {"rev", ".post"}, {"r", ".post"}}};
constexpr std::array<Spelling, 1> kDev = {{{"dev", ".dev"}}};

// Reads a version from left to right. Each part takes as much as it can, as the regular expression
// of the specification does.
class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}

  std::optional<Version> read() {
    take('v');
    Version version;
    if (!read_release(version.release)) return std::nullopt;
    version.release += read_segment(kPre);
    version.release += read_post();
    version.release += read_segment(kDev);
    if (take('+') && !read_local(version.local)) return std::nullopt;
    if (at_ != text_.size()) return std::nullopt;
    return version;
  }

 private:
  char next(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  void take_separator() {
    if (is_separator(next())) ++at_;
  }

  std::string take_digits() {
    const size_t start = at_;
    while (is_digit(next())) ++at_;
    return text_.substr(start, at_ - start);
  }

  bool read_release(std::string& out) {
    std::string number = take_digits();
    if (number.empty()) return false;
    if (take('!')) {
      if (plain_number(number) != "0") out = plain_number(number) + "!";
      number = take_digits();
      if (number.empty()) return false;
    }
    std::vector<std::string> numbers = {plain_number(number)};
    while (next() == '.' && is_digit(next(1))) {
      ++at_;
      numbers.push_back(plain_number(take_digits()));
    }
    while (numbers.size() > 1 && numbers.back() == "0") numbers.pop_back();
    for (size_t i = 0; i < numbers.size(); ++i) out += (i == 0 ? "" : ".") + numbers[i];
    return true;
  }

  // Reads a word and its number (0 where there is none); separators may stand before and between
  // them.
  template <size_t N>
  std::string read_segment(const std::array<Spelling, N>& spellings) {
    const size_t start = at_;
    take_separator();
    for (const auto& [spelling, normal] : spellings) {
      if (text_.compare(at_, spelling.size(), spelling) != 0) continue;
      at_ += spelling.size();
      take_separator();
      return std::string(normal) + plain_number(take_digits());
    }
    at_ = start;
    return {};
  }

  std::string read_post() {
    if (next() == '-' && is_digit(next(1))) {
      ++at_;
      return ".post" + plain_number(take_digits());
    }
    return read_segment(kPost);
  }

  bool read_local(std::string& out) {
    do {
      const size_t start = at_;
      while (is_digit(next()) || is_letter(next())) ++at_;
      if (at_ == start) return false;
      const std::string part = text_.substr(start, at_ - start);
      const bool number = std::all_of(part.begin(), part.end(), is_digit);
      out += (out.empty() ? "" : ".") + (number ? plain_number(part) : part);
    } while (is_separator(next()) && ++at_ != 0);
    return true;
  }

  std::string text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Version> parse_version(const std::string& text) { return Reader(lower(text)).read(); }

bool is_version_of(const std::string& actual, const std::string& wanted) {
  const auto is = parse_version(actual), should = parse_version(wanted);
  if (!is || !should) return !is && !should && normalised_name(actual) == normalised_name(wanted);
  return is->release == should->release &&
         (should->local.empty() || is->local.empty() || is->local == should->local);
}

}  // namespace rind
