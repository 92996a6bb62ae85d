// Wildcards as operators know them from fnmatch(3): `*` any run of characters, `?` one, `[...]` a
// set.
#pragma once

#include <string>

namespace rind {

// True when `text` matches `pattern` as a whole. `*` also matches `/`. Patterns are the operator's;
// the texts are short (names, paths, one command line), so fnmatch(3)'s backtracking is no way in.
// ignore_case: ASCII letters match in either case.
bool glob_match(const std::string& pattern, const std::string& text, bool ignore_case = false);

// True when `path` matches `pattern` component by component: here `*` does not match `/`. Both are
// absolute.
bool glob_match_path(const std::string& pattern, const std::string& path);

// True when `pattern` has a wildcard.
bool has_wildcard(const std::string& pattern);

}  // namespace rind
