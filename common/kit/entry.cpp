#include "common/kit/entry.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/glob.h"
#include "common/base/json.h"

namespace rind::kit {

Json to_json(const Entry& entry) {
  Json covers = Json::array();
  for (const auto& cover : entry.covers) {
    covers.push_back({{"path", cover.path}, {"original", cover.original}});
  }
  return {{"version", 1},
          {"pid", entry.pid},
          {"pid_namespace", entry.pid_namespace},
          {"drop", entry.drop},
          {"covers", std::move(covers)}};
}

Entry parse_entry(const Json& value, const std::string& origin) {
  constexpr uint64_t kLargestPid = 4194304;  // PID_MAX_LIMIT
  JsonObject top(value, origin);
  top.integer("version", 1, 1);
  Entry entry;
  entry.pid = top.integer("pid", 1, kLargestPid);
  entry.pid_namespace = top.integer("pid_namespace", 1, ~uint64_t{0});
  entry.drop = top.strings("drop");
  const Json& covers = top.any("covers");
  if (!covers.is_array()) throw top.wrong("covers", "an array");
  for (size_t i = 0; i < covers.size(); ++i) {
    JsonObject o(covers[i], origin, JsonPath().key("covers").element(i));
    entry.covers.push_back({o.string("path"), o.string("original")});
    o.finish();
  }
  top.finish();
  return entry;
}

bool is_dropped(const std::vector<std::string>& drop, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('='));
  return std::any_of(drop.begin(), drop.end(),
                     [&](const std::string& pattern) { return glob_match(pattern, name, true); });
}

}  // namespace rind::kit
