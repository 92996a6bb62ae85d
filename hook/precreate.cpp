#include "hook/precreate.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/kit_entry.h"
#include "hook/annotations.h"
#include "hook/decide.h"
#include "hook/embedded_defaults.h"
#include "hook/log.h"
#include "hook/state.h"

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

// As at prestart: what is a builder beyond doubt is refused, everything else is let go.
std::string filter_without_policy(const std::string& text, const std::string& trouble) {
  const Policy defaults =
      parse_policy(parse_json(kEmbeddedDefaults, "the built-in defaults"), "the built-in defaults");
  open_log();
  if (is_annotated(defaults.containers, State{}, parse(text).config)) {
    throw Error("start the builder container", "its policy cannot be used: " + trouble,
                "mend the file; no other container is affected");
  }
  log_warning("the policy cannot be used, no environment is narrowed: " + trouble);
  return text;
}

}  // namespace

std::string filter_config(const std::string& text, LoadedPolicy loaded) {
  Parsed parsed = parse(text);
  // As at prestart: an annotation may add variables, or choose a policy that names some.
  const ContainerPolicy own = policy_of_container(std::move(loaded), State{}, parsed.config);
  if (own.reason.empty()) return text;
  const std::vector<std::string>& drop = own.loaded.policy.narrow.environment;
  Json kept = Json::array();
  for (const auto& variable : parsed.config.environment) {
    if (!kit::is_dropped(drop, variable)) kept.push_back(variable);
  }
  if (kept.size() == parsed.config.environment.size()) return text;
  parsed.document["process"]["env"] = std::move(kept);
  return parsed.document.dump();
}

std::string filter_config(const std::string& text, const PolicyFiles& files) {
  std::optional<LoadedPolicy> loaded;
  try {
    loaded = load_policy(files);
  } catch (const Error& e) {
    return filter_without_policy(text, e.what());
  }
  return filter_config(text, std::move(*loaded));
}

}  // namespace rind::hook
