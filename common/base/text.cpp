#include "common/base/text.h"

#include <algorithm>

namespace rind {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_within(const std::string& path, const std::string& top) {
  if (top.empty()) return false;
  if (top == "/") return true;
  return path.rfind(top, 0) == 0 && (path.size() == top.size() || path[top.size()] == '/');
}

bool is_within_any(const std::string& path, const std::vector<std::string>& tops) {
  return std::any_of(tops.begin(), tops.end(),
                     [&](const auto& top) { return is_within(path, top); });
}

std::string normalised_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool separator = c == '-' || c == '_' || c == '.';
    if (separator && !out.empty() && out.back() == '-') continue;
    const bool upper = c >= 'A' && c <= 'Z';
    out += separator ? '-' : upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string shell_word(const std::string& text) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\"'\"'" : std::string(1, c);
  return word + "'";
}

}  // namespace rind
