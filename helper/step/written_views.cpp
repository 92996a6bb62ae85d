#include "helper/step/written_views.h"

namespace rind {

std::vector<std::string> written_keys(const Policy& policy) {
  std::vector<std::string> keys;
  for (const auto& [key, spec] : policy.views) {
    // Front ends unpack into /tmp and similar directories what packages wrote. Not HOME: it
    // contains tools, too.
    const bool scratch = spec.view == View::kPrivate && key[0] == '/';
    if (spec.view == View::kRw || scratch) keys.push_back(key);
  }
  const auto add = [&](const std::vector<std::string>& more) {
    keys.insert(keys.end(), more.begin(), more.end());
  };
  for (const auto& rule : policy.packages) add(rule.written);
  add(policy.seams.install_written);
  return keys;
}

}  // namespace rind
