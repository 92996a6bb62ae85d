#include "common/base/name_patterns.h"

#include <algorithm>

#include "common/base/glob.h"

namespace rind {
namespace {

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

NamePatterns::NamePatterns(const std::vector<std::string>& patterns, bool ignore_case)
    : patterns_(patterns), ignore_case_(ignore_case) {
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::string& pattern = patterns[i];
    const bool before = pattern.starts_with('*');
    const bool after = pattern.size() > 1 && pattern.ends_with('*');
    std::string text =
        pattern.substr(before ? 1 : 0, pattern.size() - (before ? 1 : 0) - (after ? 1 : 0));
    if (text.find_first_of(std::string_view("*?[]\\\0", 6)) != std::string::npos) {
      others_.push_back(i);
      continue;
    }
    if (ignore_case) text = lowered(std::move(text));
    if (before && after) {
      middles_.push_back({std::move(text), i});
    } else if (before) {
      ends_.push_back({std::move(text), i});
    } else if (after) {
      beginnings_.push_back({std::move(text), i});
    } else {
      whole_.emplace(std::move(text), i);
    }
  }
}

const std::string* NamePatterns::first_match(const std::string& name) const {
  // As for glob_match, a name ends at a NUL.
  const std::string text = ignore_case_ ? lowered(name.c_str()) : std::string(name.c_str());
  size_t first = patterns_.size();
  const auto found = whole_.find(text);
  if (found != whole_.end()) first = found->second;
  // Each list is in the order of the patterns.
  const auto look = [&](const std::vector<Part>& parts, const auto& matches) {
    for (const auto& part : parts) {
      if (part.index >= first) return;
      if (matches(part.text)) first = part.index;
    }
  };
  look(beginnings_, [&](const std::string& part) { return text.starts_with(part); });
  look(ends_, [&](const std::string& part) { return text.ends_with(part); });
  look(middles_, [&](const std::string& part) { return text.find(part) != std::string::npos; });
  for (const size_t i : others_) {
    if (i < first && glob_match(patterns_[i], name, ignore_case_)) first = i;
  }
  return first == patterns_.size() ? nullptr : &patterns_[first];
}

}  // namespace rind
