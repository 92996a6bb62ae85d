#include "helper/step/written_views.h"

#include "common/base/json.h"

namespace rind {

std::vector<std::string> written_keys(const Policy& policy) {
  std::vector<std::string> keys;
  for (const auto& [key, spec] : policy.views) {
    // Front ends unpack into /tmp and similar directories what packages wrote. Not HOME: it
    // contains tools, too.
    const bool scratch = spec.view == View::kPrivate && key[0] == '/';
    if (spec.view == View::kRw || scratch) keys.push_back(key);
  }
  const auto add_from = [&](const Json& patch) {
    if (!patch.contains("views") || !patch.at("views").is_object()) return;
    for (const auto& [key, view] : patch.at("views").items()) {
      const bool object = view.is_object() && view.contains("view");
      if ((object ? view.at("view") : view) == "rw") keys.push_back(key);
    }
  };
  for (const auto& rule : policy.packages) add_from(*rule.patch);
  add_from(*policy.seams.install_patch);
  return keys;
}

}  // namespace rind
