#include "hook/stages/precreate.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/kit/entry.h"
#include "hook/decide/annotations.h"
#include "hook/decide/state.h"
#include "hook/decide/verdict.h"
#include "hook/log/log.h"

namespace rind::hook {
namespace {

constexpr const char* kOrigin = "config.json";

struct Parsed {
  Json document;
  Config config;
};
Parsed parse(const std::string& text) {
  Json document = parse_json(text, kOrigin);
  Config config = parse_config(document, "");
  return {std::move(document), std::move(config)};
}

// reason, loaded: the verdict for the container.
std::string without_dropped(const std::string& text, Parsed& parsed, const std::string& reason,
                            const LoadedPolicy& loaded) {
  if (reason.empty()) return text;
  const std::vector<std::string>& drop = loaded.policy.narrow.environment;
  Json kept = Json::array();
  for (const auto& variable : parsed.config.environment) {
    if (!kit::is_dropped(drop, variable)) kept.push_back(variable);
  }
  if (kept.size() == parsed.config.environment.size()) return text;
  parsed.document["process"]["env"] = std::move(kept);
  return parsed.document.dump();
}

}  // namespace

std::string filter_config(const std::string& text, LoadedPolicy loaded) {
  Parsed parsed = parse(text);
  // As at prestart: an annotation may add variables, or choose a policy that removes some.
  const ContainerPolicy own = policy_of_container(std::move(loaded), State{}, parsed.config);
  return without_dropped(text, parsed, own.reason, own.loaded);
}

std::string filter_config(const std::string& text, const PolicyFiles& files, Log& log) {
  Parsed parsed = parse(text);
  log.name_container(parsed.config);
  const Verdict verdict = judge(files, State{}, parsed.config);
  if (verdict.policy) return without_dropped(text, parsed, verdict.reason, *verdict.policy);
  if (!verdict.reason.empty()) throw refusal_without_policy(verdict.reason, verdict.trouble);
  log.warning("no environment variable was removed: the policy cannot be used: " + verdict.trouble);
  return text;
}

}  // namespace rind::hook
