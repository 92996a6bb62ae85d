// Wildcards as in fnmatch(3): `*` matches any characters, `?` one character, `[...]` one of a set.
#pragma once

#include <string>

namespace rind {

// True when `pattern` matches all of `text`. `*` also matches `/`. ignore_case: ASCII letters match
// in either case.
// The operator writes the pattern, but an image can supply megabytes of text (its command, its
// environment). fnmatch(3) backtracks at every asterisk; this function takes at most time
// proportional to the product of both lengths.
bool glob_match(const std::string& pattern, const std::string& text, bool ignore_case = false);

// True when `pattern` matches `path` component by component: `*` does not match `/`. Both are
// absolute. A backslash matches itself. The time is limited as that of glob_match.
bool glob_match_path(const std::string& pattern, const std::string& path);

// True when `pattern` (of glob_match) matches some text of characters of `alphabet`.
bool glob_can_match(const std::string& pattern, const std::string& alphabet);

// True when `pattern` contains a wildcard.
bool has_wildcard(const std::string& pattern);

}  // namespace rind
