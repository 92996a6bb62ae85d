#include "common/kit/manifest.h"

#include <cstdint>
#include <utility>

#include "common/base/error.h"
#include "common/base/json.h"

namespace rind::kit {

namespace {

Json twins_to_json(const Manifest& manifest) {
  Json volumes = Json::array();
  for (const auto& volume : manifest.volumes) {
    volumes.push_back({{"device", volume.place.device},
                       {"root", volume.place.root},
                       {"obstacle", volume.obstacle}});
  }
  return {{"ids", manifest.twin_ids}, {"volumes", std::move(volumes)}};
}

void parse_twins(JsonObject twins, const std::string& origin, Manifest& manifest) {
  const Json& ids = twins.any("ids");
  const Json& volumes = twins.any("volumes");
  if (!ids.is_array()) throw twins.wrong("ids", "an array");
  if (!volumes.is_array()) throw twins.wrong("volumes", "an array");
  for (const auto& id : ids) {
    if (!id.is_number_unsigned() || id > UINT32_MAX) throw twins.wrong("ids", "ids");
    manifest.twin_ids.push_back(id.get<unsigned>());
  }
  for (size_t i = 0; i < volumes.size(); ++i) {
    JsonObject o(volumes[i], origin, JsonPath().key("twins").key("volumes").element(i));
    manifest.volumes.push_back({{o.string("device"), o.string("root")}, o.string("obstacle")});
    o.finish();
  }
  twins.finish();
}

}  // namespace

std::string twin_path(unsigned id, size_t volume) {
  return std::string(kTwins) + "/" + std::to_string(id) + "/" + std::to_string(volume);
}

Json to_json(const Manifest& manifest) {
  Json seams = Json::array();
  for (const auto& seam : manifest.seams) {
    seams.push_back(
        {{"kind", to_string(seam.kind)}, {"path", seam.path}, {"original", seam.original}});
  }
  Json places = Json::array();
  for (const auto& place : manifest.host_places) {
    places.push_back({{"device", place.device}, {"root", place.root}});
  }
  return {{"version", 1},
          {"container", manifest.container},
          {"host_places", std::move(places)},
          {"may_show_host", manifest.may_show_host},
          {"seams", std::move(seams)},
          {"masked_paths", manifest.masked_paths},
          {"sockets", manifest.sockets},
          {"path", manifest.path},
          {"environments", manifest.environments},
          {"refused_calls", manifest.refused_calls},
          {"environment", manifest.environment},
          {"variables", manifest.variables},
          {"twins", twins_to_json(manifest)}};
}

namespace {

void read_calls(JsonObject& top, Manifest& manifest) {
  const Json& calls = top.any("refused_calls");
  const auto wrong = [&] { return top.wrong("refused_calls", "an array of arrays of strings"); };
  if (!calls.is_array()) throw wrong();
  for (const auto& call : calls) {
    if (!call.is_array()) throw wrong();
    std::vector<std::string> words;
    for (const auto& word : call) {
      if (!word.is_string()) throw wrong();
      words.push_back(word.get<std::string>());
    }
    manifest.refused_calls.push_back(std::move(words));
  }
}

}  // namespace

Manifest parse_manifest(const Json& value, const std::string& origin) {
  JsonObject top(value, origin);
  top.integer("version", 1, 1);
  Manifest manifest;
  const Json& seams = top.any("seams");
  if (!seams.is_array()) throw top.wrong("seams", "an array");
  for (size_t i = 0; i < seams.size(); ++i) {
    JsonObject o(seams[i], origin, JsonPath().key("seams").element(i));
    Seam seam;
    seam.kind = o.choice("kind", kSeamKindNames);
    seam.path = o.string("path");
    seam.original = o.string("original");
    o.finish();
    manifest.seams.push_back(std::move(seam));
  }
  const Json& places = top.any("host_places");
  if (!places.is_array()) throw top.wrong("host_places", "an array");
  for (size_t i = 0; i < places.size(); ++i) {
    JsonObject o(places[i], origin, JsonPath().key("host_places").element(i));
    manifest.host_places.push_back({o.string("device"), o.string("root")});
    o.finish();
  }
  manifest.masked_paths = top.strings("masked_paths");
  manifest.sockets = top.strings("sockets");
  // Kits of older versions do not have these. `rind-hook status` reads them for containers that
  // started before an upgrade.
  if (top.has("container")) manifest.container = top.string("container");
  if (top.has("may_show_host")) manifest.may_show_host = top.boolean("may_show_host");
  if (top.has("path")) manifest.path = top.strings("path");
  if (top.has("twins")) parse_twins(top.object("twins"), origin, manifest);
  manifest.environments = top.strings("environments");
  if (top.has("refused_calls")) read_calls(top, manifest);
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
