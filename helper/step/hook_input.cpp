#include "helper/step/hook_input.h"

#include "common/base/json.h"

namespace rind {

// {"kwargs": {...}} (and "args" in old pep517).
std::map<std::string, std::string> directories_in_input(const std::string& text,
                                                        const std::string& path) {
  std::map<std::string, std::string> directories;
  const Json value = parse_json(text, path);
  JsonObject top(value, path);
  if (top.has("args")) top.any("args");
  if (top.has("kwargs")) {
    JsonObject kwargs = top.object("kwargs");
    for (const auto& key : kwargs.keys()) {
      if (!key.ends_with("_directory") || kwargs.any(key).is_null()) continue;
      directories.emplace(key, kwargs.string(key));
    }
  }
  top.finish();
  return directories;
}

}  // namespace rind
