#include "common/policy/operator_file.h"

#include <algorithm>

#include "common/base/json.h"
#include "common/policy/locate.h"
#include "common/policy/policy.h"

namespace rind {

Json read_policy_file(const std::string& file) {
  Json document = read_json_file(file, kPolicyLimit);
  // As a merge patch, any other value would replace the whole policy: JsonObject refuses it.
  JsonObject top(document, file);
  if (top.has("$schema")) top.string("$schema");
  document.erase("$schema");
  return document;
}

void SetLists::walk(const Json& value, const JsonPath& path, const std::string& file) {
  if (value.is_object()) {
    for (const auto& [key, below] : value.items()) walk(below, path.key(key), file);
    return;
  }
  if (value.is_array()) require_all(value, path, file);
  const std::string& text = path.text();
  // Replacing or removing an object by name also removes its lists: this is deliberate.
  std::erase_if(lists_, [&](const auto& list) { return list.first.starts_with(text + "."); });
  lists_.erase(text);
  if (value.is_array()) lists_[text] = {file, std::make_shared<Json>(value)};
}

void SetLists::require_all(const Json& entries, const JsonPath& path,
                           const std::string& file) const {
  const auto earlier = lists_.find(path.text());
  if (earlier == lists_.end()) return;
  for (const auto& entry : *earlier->second.entries) {
    if (std::find(entries.begin(), entries.end(), entry) != entries.end()) continue;
    throw JsonError(file, path,
                    "replaces the list of " + place_in(earlier->second.file, path.keys()) +
                        " and lacks its entry " +
                        entry.dump(-1, ' ', true, Json::error_handler_t::replace),
                    "repeat the entry in " + file + ", or keep the list in one file");
  }
}

}  // namespace rind
