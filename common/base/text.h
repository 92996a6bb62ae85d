// Paths and lists as text.
#pragma once

#include <string>
#include <vector>

namespace rind {

// In ASCII, whatever the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The parts of `text` between the separators, including empty ones. Empty text is one empty part.
std::vector<std::string> split(const std::string& text, char separator);

// "/a/b" -> "/a", "/a" -> "/". path: absolute, without a slash at its end.
std::string parent_of(const std::string& path);

// The part after the last slash; all of `path` when it has no slash.
std::string base_name(const std::string& path);

// True when `path` is `top` or below it. Both are absolute and canonical. False when `top` is "".
bool is_within(const std::string& path, const std::string& top);
// The same for one of several directories.
bool is_within_any(const std::string& path, const std::vector<std::string>& tops);

// The normalised name of a distribution (PEP 503): lower case, with each run of '-', '_' and '.'
// replaced by one '-'.
std::string normalised_name(const std::string& name);

// The text as one word of a shell, quoted where it needs to be.
std::string shell_word(const std::string& text);

}  // namespace rind
