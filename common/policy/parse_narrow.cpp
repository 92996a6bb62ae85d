// The policy's keys `narrow` and `choices`.
#include <algorithm>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/text.h"
#include "common/policy/parse_step_keys.h"

namespace rind {
namespace {

ViewSpec parse_narrow_view(JsonObject& views, const std::string& key) {
  if (!is_plain_absolute(key) || key == "/") {
    throw views.wrong(key, "the key to be an absolute path without . and .., other than /");
  }
  for (const char* own : {"/dev", "/proc"}) {
    if (is_within(key, own)) throw views.wrong(key, "another path: the engine sets up " + key);
  }
  const ViewSpec spec = parse_view(views, key);
  const bool known = spec.view == View::kRo || spec.view == View::kHidden ||
                     (spec.view == View::kPrivate && spec.backing == Backing::kMemory);
  if (!known) {
    throw views.wrong(key, R"("ro", "hidden", or "private" with "backing": "memory")");
  }
  if (spec.view == View::kRo && spec.noexec) {
    throw views.wrong(key, R"("noexec" only with "private"; use "bind_mounts" instead)");
  }
  return spec;
}

void parse_engine_sockets(NarrowRules& rules, JsonObject o) {
  rules.hide_engine_sockets = o.choice("view", {"hidden", "keep"}) == "hidden";
  rules.engine_sockets = o.strings("paths");
  for (const auto& path : rules.engine_sockets) {
    if (!is_plain_absolute(path)) throw o.wrong("paths", "absolute paths without . and ..");
  }
  o.finish();
}

// `containers` decides which containers are builders, before a policy is chosen.
constexpr const char* kNotChosen[] = {"version", "containers", "choices"};

}  // namespace

NarrowRules parse_narrow(JsonObject o) {
  NarrowRules rules;
  JsonObject views = o.object("views");
  for (const auto& key : views.keys()) {
    rules.views.emplace_back(key, parse_narrow_view(views, key));
  }
  for (const auto& attribute : o.strings("bind_mounts")) {
    bool* flag = attribute == "nosuid"   ? &rules.nosuid
                 : attribute == "nodev"  ? &rules.nodev
                 : attribute == "noexec" ? &rules.noexec
                                         : nullptr;
    if (flag == nullptr) throw o.wrong("bind_mounts", R"(only "nosuid", "nodev" and "noexec")");
    *flag = true;
  }
  parse_engine_sockets(rules, o.object("engine_sockets"));
  rules.environment = o.strings("environment");
  o.finish();
  return rules;
}

std::vector<PolicyChoice> parse_choices(JsonObject o) {
  std::vector<PolicyChoice> choices;
  for (const auto& name : o.keys()) {
    if (name.empty()) throw o.wrong(name, "a name");
    JsonObject patch = o.object(name);
    for (const auto& key : patch.keys()) {
      if (std::find(std::begin(kNotChosen), std::end(kNotChosen), key) != std::end(kNotChosen)) {
        throw patch.wrong(key, "another key: \"" + key + "\" is the same for every container");
      }
    }
    choices.push_back({name, std::make_shared<Json>(o.any(name))});
  }
  return choices;
}

}  // namespace rind
