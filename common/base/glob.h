// Wildcards as operators know them from fnmatch(3): `*` any run of characters, `?` one, `[...]` a
// set.
#pragma once

#include <string>

namespace rind {

// True when `text` matches `pattern` as a whole. `*` also matches `/`. Patterns are the operator's,
// texts are not: an image's command and environment can have megabytes. fnmatch(3) tries every
// place for every asterisk; here the time is at most the product of both lengths. ignore_case:
// ASCII letters match in either case.
bool glob_match(const std::string& pattern, const std::string& text, bool ignore_case = false);

// True when `path` matches `pattern` component by component: here `*` does not match `/`. Both are
// absolute.
bool glob_match_path(const std::string& pattern, const std::string& path);

// True when `pattern` has a wildcard.
bool has_wildcard(const std::string& pattern);

}  // namespace rind
