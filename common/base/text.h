// Paths and lists as text.
#pragma once

#include <string>
#include <vector>

namespace rind {

// In ASCII, whatever the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The parts of `text` between the separators, empty ones too; one empty part for empty text.
std::vector<std::string> split(const std::string& text, char separator);

// "/a/b" -> "/a", "/a" -> "/". path: absolute, without a slash at its end.
std::string parent_of(const std::string& path);

// What follows the last slash; all of a path that has none.
std::string base_name(const std::string& path);

// True when `path` is `top` or lies below it. Both absolute and canonical; nothing lies in "".
bool is_within(const std::string& path, const std::string& top);

// A distribution's name as package indexes compare them (PEP 503): lower case, and runs of '-', '_'
// and '.' are one '-'.
std::string normalised_name(const std::string& name);

}  // namespace rind
