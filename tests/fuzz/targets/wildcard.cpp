// Wildcards: as fnmatch(3). Lines: the pattern, the text.
#include <fnmatch.h>

#include <algorithm>

#include "common/base/glob.h"
#include "common/base/name_patterns.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {
namespace {

// fnmatch(3) would take too long for more.
constexpr size_t kLongest = 24;
constexpr std::ptrdiff_t kMostAsterisks = 4;

bool by_components(const std::string& pattern, const std::string& path) {
  const auto patterns = split(pattern, '/'), names = split(path, '/');
  if (patterns.size() != names.size()) return false;
  for (size_t i = 0; i < names.size(); ++i) {
    if (::fnmatch(patterns[i].c_str(), names[i].c_str(), FNM_NOESCAPE) != 0) return false;
  }
  return true;
}

// "[=", "[." or "[:" without its end, or a range without one. In a set without an end, which stands
// for itself, glibc's fnmatch(3) may match nothing there.
bool has_open_class(const std::string& pattern) {
  if (pattern.find('[') != std::string::npos && (pattern + '/').find("-/") != std::string::npos)
    return true;
  for (size_t at = 0; (at = pattern.find('[', at)) != std::string::npos; ++at) {
    const char kind = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
    const size_t end = pattern.find(std::string{kind, ']'}, at + 2);
    if (kind == '=' ? end != at + 3 : (kind == '.' || kind == ':') && end == std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

void fuzz_wildcard(std::string_view input) {
  const auto lines = lines_of(input);
  const std::string pattern = line_at(lines, 0), text = line_at(lines, 1);
  const bool sensitive = glob_match(pattern, text), folded = glob_match(pattern, text, true);
  const std::vector<std::string> patterns = {pattern};
  require((NamePatterns(patterns, false).first_match(text) != nullptr) == sensitive,
          "prepared patterns match the same");
  require((NamePatterns(patterns, true).first_match(text) != nullptr) == folded,
          "prepared patterns match the same in either case");
  const bool by_path = glob_match_path(pattern, text);
  const bool comparable = pattern.size() <= kLongest && text.size() <= kLongest &&
                          pattern.find('\0') == std::string::npos &&
                          text.find('\0') == std::string::npos &&
                          std::count(pattern.begin(), pattern.end(), '*') <= kMostAsterisks;
  if (!comparable) return;
  if (has_open_class(pattern)) return;
  require(sensitive == (::fnmatch(pattern.c_str(), text.c_str(), 0) == 0), "as fnmatch(3)");
  require(by_path == by_components(pattern, text), "as fnmatch(3), component by component");
}

}  // namespace rind::fuzz
