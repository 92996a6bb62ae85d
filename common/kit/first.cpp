#include "common/kit/first.h"

#include <algorithm>

#include "common/base/text.h"

namespace rind::kit {
namespace {

// The first stage knows no other wildcards. A pattern that is left out makes more calls go to the
// whole helper, which knows them all.
bool is_plain(const std::string& pattern) {
  const auto parts = split(pattern, '/');
  return !pattern.empty() && pattern[0] == '/' &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return part == "*" || part.find_first_of("*?[]{}\\") == std::string::npos;
         });
}

void add(std::string& file, char tag, const std::string& text) {
  file += tag;
  file += text;
  file += '\0';
}

}  // namespace

std::optional<std::string> first_file(const Manifest& manifest, bool narrows) {
  if (narrows || !manifest.refused_calls.empty()) return std::nullopt;
  std::string file(kFirstFormat, sizeof kFirstFormat);
  const size_t empty = file.size();
  for (const auto& seam : manifest.seams) {
    if (seam.kind != SeamKind::kInterpreter) continue;
    add(file, 's', seam.path);
    add(file, 'o', seam.original);
  }
  if (file.size() == empty) return std::nullopt;
  for (const auto& pattern : manifest.environments) {
    if (is_plain(pattern)) add(file, 'e', pattern);
  }
  if (file.size() >= kFirstLimit) return std::nullopt;
  return file;
}

}  // namespace rind::kit
