#include "helper/step/distribution.h"

#include <algorithm>
#include <vector>

#include "common/base/text.h"
#include "helper/step/version.h"

namespace rind {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// All readings of "a-b-1.0-rc1" as a name and a version that begins with a digit; the longest name
// first.
std::vector<Distribution> splits_of(const std::string& text) {
  std::vector<Distribution> found;
  for (size_t dash = text.rfind('-'); dash != std::string::npos && dash > 0;
       dash = text.rfind('-', dash - 1)) {
    Distribution split = {text.substr(0, dash), text.substr(dash + 1)};
    if (is_component(split.name, "._-") && is_file_version(split.version, "-")) {
      found.push_back(std::move(split));
    }
  }
  return found;
}

}  // namespace

bool is_component(const std::string& text, const std::string& also) {
  if (text.empty() || !is_alnum(text[0])) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || also.find(c) != std::string::npos; });
}

bool is_file_version(const std::string& text, const std::string& also) {
  return is_component(text, "._!+" + also) && is_digit(text[0]);
}

bool has_same_name(const Distribution& one, const Distribution& other) {
  return normalised_name(one.name) == normalised_name(other.name);
}

std::optional<Distribution> distribution_of(const std::string& directory) {
  const std::vector<Distribution> splits = splits_of(directory);
  for (const auto& split : splits) {
    if (parse_version(split.version)) return split;
  }
  // A version that is not one of PEP 440 ("2004d").
  for (const auto& split : splits) {
    if (split.version.find('-') == std::string::npos) return split;
  }
  return std::nullopt;
}

}  // namespace rind
