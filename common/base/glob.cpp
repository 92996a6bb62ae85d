#include "common/base/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace rind {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded_text(std::string text) {
  for (char& c : text) c = folded(c);
  return text;
}

// An element of a pattern that matches exactly one character.
struct Element {
  enum class Kind { kCharacter, kAny, kSet } kind = Kind::kCharacter;
  char character = 0;
  std::string set;  // "[...]", as fnmatch(3) reads it

  bool matches(char c) const {
    if (kind == Kind::kCharacter) return c == character;
    if (kind == Kind::kAny) return true;
    const char text[] = {c, '\0'};
    return ::fnmatch(set.c_str(), text, 0) == 0;
  }
};

using Run = std::vector<Element>;  // the elements between two asterisks

// The position after the ']' of the set that begins with '[' at `at`. Returns `at` when the set has
// no end: then '[' matches itself.
size_t end_of_set(const std::string& pattern, size_t at) {
  size_t i = at + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  // A ']' in the first position is a member of the set.
  for (bool first = true; i < pattern.size(); first = false) {
    const char c = pattern[i];
    if (c == ']' && !first) return i + 1;
    const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (c == '\\' && next != '\0') {
      i += 2;
    } else if (c == '[' && (next == ':' || next == '.' || next == '=')) {
      const size_t end = pattern.find({next, ']'}, i + 2);
      i = end == std::string::npos ? i + 1 : end + 2;
    } else {
      ++i;
    }
  }
  return at;
}

// Returns the element of `pattern` at `at` and moves `at` past it.
Element element_at(const std::string& pattern, size_t& at) {
  const size_t begin = at++;
  const char c = pattern[begin];
  if (c == '?') return {Element::Kind::kAny, 0, {}};
  // A backslash at the end of a pattern matches nothing, as in fnmatch(3).
  if (c == '\\' && at == pattern.size()) return {Element::Kind::kSet, 0, "\\"};
  if (c == '\\') return {Element::Kind::kCharacter, pattern[at++], {}};
  const size_t end = c == '[' ? end_of_set(pattern, begin) : begin;
  if (end == begin) return {Element::Kind::kCharacter, c, {}};
  at = end;
  return {Element::Kind::kSet, 0, pattern.substr(begin, end - begin)};
}

// Splits the pattern at its asterisks: n asterisks give n + 1 runs.
std::vector<Run> runs_of(const std::string& pattern) {
  std::vector<Run> runs(1);
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '*') {
      runs.emplace_back();
      ++at;
    } else {
      runs.back().push_back(element_at(pattern, at));
    }
  }
  return runs;
}

bool matches_at(const Run& run, std::string_view text, size_t at) {
  for (size_t i = 0; i < run.size(); ++i) {
    if (!run[i].matches(text[at + i])) return false;
  }
  return true;
}

// The first run must match at the start of the text and the last one at its end. Each run between
// them takes its earliest match: a later match never helps, so nothing is tried twice.
bool runs_match(const std::vector<Run>& runs, std::string_view text) {
  const Run& first = runs.front();
  const Run& last = runs.back();
  if (text.size() < first.size() || !matches_at(first, text, 0)) return false;
  if (runs.size() == 1) return text.size() == first.size();
  if (text.size() - first.size() < last.size()) return false;
  const size_t end = text.size() - last.size();
  if (!matches_at(last, text, end)) return false;
  size_t at = first.size();
  for (size_t i = 1; i + 1 < runs.size(); ++i) {
    while (at + runs[i].size() <= end && !matches_at(runs[i], text, at)) ++at;
    at += runs[i].size();
    if (at > end) return false;
  }
  return true;
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
  if (ignore_case) return glob_match(folded_text(pattern), folded_text(text));
  // The kernel and the runtimes ignore everything after a NUL.
  return runs_match(runs_of(pattern), text.c_str());
}

bool glob_match_path(const std::string& pattern, const std::string& path) {
  return ::fnmatch(pattern.c_str(), path.c_str(), FNM_NOESCAPE | FNM_PATHNAME) == 0;
}

bool glob_can_match(const std::string& pattern, const std::string& alphabet) {
  for (const auto& run : runs_of(pattern)) {
    for (const auto& element : run) {
      const bool possible =
          std::any_of(alphabet.begin(), alphabet.end(), [&](char c) { return element.matches(c); });
      if (!possible) return false;
    }
  }
  return true;
}

bool has_wildcard(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

}  // namespace rind
