// A list of wildcards, prepared for many names.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace rind {

// A name, prepared for many lists. It must outlive this object.
class PreparedName {
 public:
  explicit PreparedName(const std::string& name);

 private:
  friend class NamePatterns;
  struct Form {
    std::string_view text;
    uint64_t characters = 0;
  };
  const std::string& name_;
  std::string upper_;
  Form whole_, folded_;
};

// Answers as a loop with glob_match over `patterns`, which must outlive this object. Most patterns
// have asterisks at their ends alone: those are compared as text, and only where all their
// characters are in the name.
class NamePatterns {
 public:
  // ignore_case: ASCII letters match in either case.
  NamePatterns(const std::vector<std::string>& patterns, bool ignore_case);

  // The first pattern that matches all of `name`; nullptr where none does.
  const std::string* first_match(const PreparedName& name) const;
  const std::string* first_match(const std::string& name) const {
    return first_match(PreparedName(name));
  }

 private:
  enum class Kind { kWhole, kBeginning, kEnd, kMiddle, kGlob };
  struct Prepared {
    Kind kind = Kind::kGlob;
    std::string_view text;    // without the asterisks; in upper case where case is ignored
    uint64_t characters = 0;  // of `text`
  };
  bool matches(const Prepared& prepared, size_t index, const std::string& name,
               std::string_view text) const;

  const std::vector<std::string>& patterns_;
  bool ignore_case_;
  std::vector<Prepared> prepared_;
  std::deque<std::string> folded_;  // of patterns that are not in upper case already
};

}  // namespace rind
