#include "common/base/path_search.h"

#include "common/base/text.h"

namespace rind {

std::vector<std::string> search_candidates(const std::string& program, const std::string& path) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> candidates;
  for (const auto& element : split(path, ':')) {
    candidates.push_back((element.empty() ? "." : element) + "/" + program);
  }
  return candidates;
}

}  // namespace rind
