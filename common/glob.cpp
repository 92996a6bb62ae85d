#include "common/glob.h"

#include <fnmatch.h>

namespace rind {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string text) {
  for (char& c : text) c = lower(c);
  return text;
}

}  // namespace

bool glob_match(const std::string& pattern, const std::string& text, bool ignore_case) {
  // FNM_CASEFOLD goes by the locale; ours is C, and environment names are ASCII: fold by hand.
  if (ignore_case) return ::fnmatch(lowered(pattern).c_str(), lowered(text).c_str(), 0) == 0;
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool glob_match_path(const std::string& pattern, const std::string& path) {
  return ::fnmatch(pattern.c_str(), path.c_str(), FNM_NOESCAPE | FNM_PATHNAME) == 0;
}

bool has_wildcard(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

}  // namespace rind
