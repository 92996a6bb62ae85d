#include "common/kit.h"

#include "common/error.h"

namespace rind::kit {

std::string to_string(SeamKind kind) {
  switch (kind) {
    case SeamKind::kScript:
      return "script";
    case SeamKind::kUnshare:
      return "unshare";
    case SeamKind::kInterpreter:
      return "interpreter";
  }
  return "?";
}

Json to_json(const Manifest& manifest) {
  Json seams = Json::array();
  for (const auto& seam : manifest.seams) {
    seams.push_back(
        {{"kind", to_string(seam.kind)}, {"path", seam.path}, {"original", seam.original}});
  }
  return {{"version", 1},
          {"seams", std::move(seams)},
          {"masked_paths", manifest.masked_paths},
          {"sockets", manifest.sockets},
          {"environments", manifest.environments},
          {"environment", manifest.environment},
          {"variables", manifest.variables}};
}

Manifest parse_manifest(const Json& value, const std::string& origin) {
  JsonObject top(value, origin);
  top.integer("version", 1, 1);
  Manifest manifest;
  const Json& seams = top.any("seams");
  if (!seams.is_array()) throw top.wrong("seams", "an array");
  for (size_t i = 0; i < seams.size(); ++i) {
    JsonObject o(seams[i], origin, "seams[" + std::to_string(i) + "]");
    Seam seam;
    const std::string kind = o.choice("kind", {"script", "unshare", "interpreter"});
    seam.kind = kind == "script"    ? SeamKind::kScript
                : kind == "unshare" ? SeamKind::kUnshare
                                    : SeamKind::kInterpreter;
    seam.path = o.string("path");
    seam.original = o.string("original");
    o.finish();
    manifest.seams.push_back(std::move(seam));
  }
  manifest.masked_paths = top.strings("masked_paths");
  manifest.sockets = top.strings("sockets");
  manifest.environments = top.strings("environments");
  const auto read_map = [&](const char* key, std::map<std::string, std::string>& map) {
    JsonObject object = top.object(key);
    for (const auto& name : object.keys()) map.emplace(name, object.string(name));
  };
  read_map("environment", manifest.environment);
  read_map("variables", manifest.variables);
  top.finish();
  return manifest;
}

}  // namespace rind::kit
