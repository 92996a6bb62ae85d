// A list of wildcards, prepared for many names.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rind {

// Answers as a loop with glob_match over `patterns`, which must outlive this object. Most patterns
// have asterisks at their ends alone, and are compared as text.
class NamePatterns {
 public:
  // ignore_case: ASCII letters match in either case.
  NamePatterns(const std::vector<std::string>& patterns, bool ignore_case);

  // The first pattern that matches all of `name`; nullptr where none does.
  const std::string* first_match(const std::string& name) const;

 private:
  struct Part {
    std::string text;  // without the asterisks; in lower case where case is ignored
    size_t index = 0;  // in patterns_
  };
  const std::vector<std::string>& patterns_;
  bool ignore_case_;
  std::unordered_map<std::string, size_t> whole_;
  std::vector<Part> beginnings_, ends_, middles_;
  std::vector<size_t> others_;
};

}  // namespace rind
