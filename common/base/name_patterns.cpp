#include "common/base/name_patterns.h"

#include <algorithm>

#include "common/base/glob.h"

namespace rind {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

std::string folded(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// One bit for each character that occurs; some characters share a bit.
uint64_t characters_of(std::string_view text) {
  uint64_t bits = 0;
  for (const char c : text) bits |= uint64_t{1} << (static_cast<unsigned char>(c) % 64U);
  return bits;
}

}  // namespace

NamePatterns::NamePatterns(const std::vector<std::string>& patterns, bool ignore_case)
    : patterns_(patterns), ignore_case_(ignore_case) {
  prepared_.reserve(patterns.size());
  for (std::string_view text : patterns) {
    const bool before = text.starts_with('*');
    if (before) text.remove_prefix(1);
    const bool after = text.ends_with('*');
    if (after) text.remove_suffix(1);
    if (text.find_first_of(std::string_view("*?[]\\\0", 6)) != std::string_view::npos) {
      prepared_.emplace_back();
      continue;
    }
    if (ignore_case && std::any_of(text.begin(), text.end(), is_lower)) {
      text = folded_.emplace_back(folded(text));
    }
    const Kind kind = before && after ? Kind::kMiddle
                      : before        ? Kind::kEnd
                      : after         ? Kind::kBeginning
                                      : Kind::kWhole;
    prepared_.push_back({kind, text, characters_of(text)});
  }
}

bool NamePatterns::matches(const Prepared& prepared, size_t index, const std::string& name,
                           std::string_view text) const {
  switch (prepared.kind) {
    case Kind::kWhole:
      return text == prepared.text;
    case Kind::kBeginning:
      return text.starts_with(prepared.text);
    case Kind::kEnd:
      return text.ends_with(prepared.text);
    case Kind::kMiddle:
      return text.find(prepared.text) != std::string_view::npos;
    case Kind::kGlob:
      break;
  }
  return glob_match(patterns_[index], name, ignore_case_);
}

const std::string* NamePatterns::first_match(const std::string& name) const {
  // As for glob_match, a name ends at a NUL.
  const std::string_view whole = name.c_str();
  const std::string upper = ignore_case_ ? folded(whole) : std::string();
  const std::string_view text = ignore_case_ ? upper : whole;
  const uint64_t characters = characters_of(text);
  for (size_t i = 0; i < prepared_.size(); ++i) {
    if ((prepared_[i].characters & ~characters) != 0) continue;
    if (matches(prepared_[i], i, name, text)) return &patterns_[i];
  }
  return nullptr;
}

}  // namespace rind
