#include "common/base/name_patterns.h"

#include <array>

#include "common/base/glob.h"

namespace rind {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// What fnmatch(3) gives a meaning.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> special = {};
  for (const unsigned char c : {'*', '?', '[', ']', '\\', '\0'}) special[c] = true;
  return special;
}();

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

// As for glob_match, a name ends at a NUL.
PreparedName::PreparedName(const std::string& name)
    : name_(name), upper_(folded(name.c_str())), whole_{name.c_str()}, folded_{upper_} {
  whole_.characters = characters_of(whole_.text);
  folded_.characters = characters_of(folded_.text);
}

NamePatterns::NamePatterns(const std::vector<std::string>& patterns, bool ignore_case)
    : patterns_(patterns), ignore_case_(ignore_case) {
  prepared_.reserve(patterns.size());
  for (std::string_view text : patterns) {
    const bool before = text.starts_with('*');
    if (before) text.remove_prefix(1);
    const bool after = text.ends_with('*');
    if (after) text.remove_suffix(1);
    bool special = false, lower = false;
    for (const char c : text) {
      special = special || kSpecial[static_cast<unsigned char>(c)];
      lower = lower || is_lower(c);
    }
    if (special) {
      prepared_.emplace_back();
      continue;
    }
    if (ignore_case && lower) text = folded_.emplace_back(folded(text));
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

const std::string* NamePatterns::first_match(const PreparedName& name) const {
  const PreparedName::Form& form = ignore_case_ ? name.folded_ : name.whole_;
  const uint64_t absent = ~form.characters;
  for (size_t i = 0; i < prepared_.size(); ++i) {
    if ((prepared_[i].characters & absent) != 0) continue;
    if (matches(prepared_[i], i, name.name_, form.text)) return &patterns_[i];
  }
  return nullptr;
}

}  // namespace rind
