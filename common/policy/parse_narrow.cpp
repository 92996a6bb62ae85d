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
    throw views.wrong(key, "the key to be an absolute path without . and .., other than /",
                      key == "/" ? "name the directories below it" : remedy_for_path(key));
  }
  for (const char* own : {"/dev", "/proc"}) {
    if (is_within(key, own))
      throw views.wrong(key, "another path: the engine sets up " + key, "remove it");
  }
  const ViewSpec spec = parse_view(views, key);
  const bool known = spec.view == View::kRo || spec.view == View::kHidden ||
                     (spec.view == View::kPrivate && spec.backing == Backing::kMemory);
  if (!known) {
    throw views.wrong(key, R"("ro", "hidden", or "private" with "backing": "memory")",
                      "write another view here, or set it in \"views\", which is for steps");
  }
  if (spec.view == View::kRo && spec.noexec) {
    throw views.wrong(key, R"("noexec" only with "private")",
                      R"(write "bind_mounts": ["noexec"] in narrow)");
  }
  return spec;
}

void parse_engine_sockets(NarrowRules& rules, JsonObject o) {
  rules.hide_engine_sockets = o.choice("view", {"hidden", "keep"}) == "hidden";
  rules.engine_sockets = o.strings("paths");
  require_plain_absolute(o, "paths", rules.engine_sockets);
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
  const std::vector<std::string> attributes = o.strings("bind_mounts");
  for (size_t i = 0; i < attributes.size(); ++i) {
    const std::string& attribute = attributes[i];
    bool* flag = attribute == "nosuid"   ? &rules.nosuid
                 : attribute == "nodev"  ? &rules.nodev
                 : attribute == "noexec" ? &rules.noexec
                                         : nullptr;
    if (flag == nullptr) {
      throw o.wrong_element("bind_mounts", i, R"(one of "nosuid" "nodev" "noexec")",
                            did_you_mean(attribute, {"nosuid", "nodev", "noexec"}));
    }
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
    if (name.empty()) throw o.wrong(name, "a name as its key", "give the choice a name");
    JsonObject patch = o.object(name);
    for (const auto& key : patch.keys()) {
      if (std::find(std::begin(kNotChosen), std::end(kNotChosen), key) != std::end(kNotChosen)) {
        throw patch.wrong(key, "another key: \"" + key + "\" is the same for every container",
                          "set it at the top of the policy");
      }
    }
    choices.push_back({name, std::make_shared<Json>(o.any(name))});
  }
  return choices;
}

}  // namespace rind
