#include "common/base/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace rind {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded_text(std::string text) {
  for (char& c : text) c = folded(c);
  return text;
}

struct Rules {
  bool ignore_case = false;
  bool escapes = true;  // a backslash quotes the next character
};

// The position after the class, the collating symbol or the equivalence class whose '[' stands at
// `at`, in a set; `at` where none is: then '[' is a member of the set. As glibc's fnmatch(3).
size_t end_of_class(std::string_view pattern, size_t at) {
  const char kind = at + 1 < pattern.size() ? pattern[at + 1] : '\0';
  if (kind != ':' && kind != '.' && kind != '=') return at;
  const char ending[] = {kind, ']'};
  const size_t begin = at + 2, end = pattern.find(std::string_view(ending, 2), begin);
  if (end == std::string_view::npos) return at;
  const std::string_view name = pattern.substr(begin, end - begin);
  const bool letters =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c < 'z'; });
  if ((kind == ':' && !letters) || (kind == '=' && name.size() != 1)) return at;
  return end + 2;
}

// The position after the ']' of the set that begins with '[' at `at`. Returns `at` when the set has
// no end: then '[' matches itself.
size_t end_of_set(std::string_view pattern, size_t at, Rules rules) {
  size_t i = at + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  // A ']' in the first position is a member of the set.
  for (bool first = true; i < pattern.size(); first = false) {
    const char c = pattern[i];
    if (c == ']' && !first) return i + 1;
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (rules.escapes && c == '\\' && next != '\0') {
      i += 2;
    } else if (const size_t end = c == '[' ? end_of_class(pattern, i) : i; end != i) {
      i = end;
    } else {
      ++i;
    }
  }
  return at;
}

bool set_matches(std::string set, char c, Rules rules) {
  const char text[] = {rules.ignore_case ? folded(c) : c, '\0'};
  if (rules.ignore_case) set = folded_text(std::move(set));
  return ::fnmatch(set.c_str(), text, rules.escapes ? 0 : FNM_NOESCAPE) == 0;
}

// True when the element of `pattern` at `at`, which is no asterisk, matches `c`. Moves `at` past
// the element.
bool element_matches(std::string_view pattern, size_t& at, char c, Rules rules) {
  const auto same = [&](char a) { return rules.ignore_case ? folded(a) == folded(c) : a == c; };
  const size_t begin = at++;
  const char element = pattern[begin];
  if (element == '?') return true;
  if (element == '\\' && rules.escapes) {
    // A backslash at the end of a pattern matches nothing, as in fnmatch(3).
    return at < pattern.size() && same(pattern[at++]);
  }
  const size_t end = element == '[' ? end_of_set(pattern, begin, rules) : begin;
  if (end == begin) return same(element);
  at = end;
  return set_matches(std::string(pattern.substr(begin, end - begin)), c, rules);
}

// What stands between two asterisks takes its earliest match: a later match never helps. So only
// the last asterisk is tried again.
bool matches(std::string_view pattern, std::string_view text, Rules rules) {
  constexpr size_t kNowhere = std::string_view::npos;
  size_t at = 0, after_asterisk = kNowhere, tried = 0;
  for (size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_asterisk = ++at;
      tried = i;
    } else if (at < pattern.size() && element_matches(pattern, at, text[i], rules)) {
      ++i;
    } else if (after_asterisk != kNowhere) {
      at = after_asterisk;
      i = ++tried;
    } else {
      return false;
    }
    if (at == pattern.size() && after_asterisk == at) return true;
  }
  return pattern.find_first_not_of('*', at) == kNowhere;
}

bool is_plain(char c) { return c != '*' && c != '?' && c != '[' && c != ']' && c != '\\'; }

// Most patterns differ from a text in its first or last character already.
bool differs_at_an_end(std::string_view pattern, std::string_view text, bool ignore_case) {
  if (pattern.empty() || text.empty()) return false;
  const auto differ = [&](char a, char b) {
    return is_plain(a) && (ignore_case ? folded(a) != folded(b) : a != b);
  };
  if (differ(pattern.front(), text.front())) return true;
  const bool quoted = pattern.size() > 1 && pattern[pattern.size() - 2] == '\\';
  return !quoted && differ(pattern.back(), text.back());
}

}  // namespace

bool glob_match(const std::string& pattern, const std::string& text, bool ignore_case) {
  if (differs_at_an_end(pattern, text.c_str(), ignore_case)) return false;
  // FNM_CASEFOLD depends on the locale. Names of variables are ASCII, so fold the case here.
  // The kernel and the runtimes ignore everything after a NUL.
  return matches(pattern, text.c_str(), {.ignore_case = ignore_case});
}

bool glob_match_path(const std::string& pattern, const std::string& path) {
  std::string_view patterns = pattern, names = path.c_str();
  for (;;) {
    const size_t pattern_end = patterns.find('/'), name_end = names.find('/');
    if (!matches(patterns.substr(0, pattern_end), names.substr(0, name_end), {.escapes = false})) {
      return false;
    }
    if (pattern_end == std::string_view::npos || name_end == std::string_view::npos) {
      return pattern_end == name_end;
    }
    patterns.remove_prefix(pattern_end + 1);
    names.remove_prefix(name_end + 1);
  }
}

bool glob_can_match(const std::string& pattern, const std::string& alphabet) {
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '*') {
      ++at;
      continue;
    }
    size_t next = at;
    const bool possible = std::any_of(alphabet.begin(), alphabet.end(), [&](char c) {
      next = at;
      return element_matches(pattern, next, c, {});
    });
    if (!possible) return false;
    at = next;
  }
  return true;
}

bool has_wildcard(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

}  // namespace rind
