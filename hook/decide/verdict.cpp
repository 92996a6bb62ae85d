#include "hook/decide/verdict.h"

#include <utility>

#include "hook/decide/annotations.h"

namespace rind::hook {
namespace {

// Nothing can be isolated, but most containers of a host are no builders. Whatever is known of
// builders decides: an operator's mistake elsewhere in a file must not let one start.
std::string reason_without_policy(const PolicyFiles& files, const State& state,
                                  const Config& config) {
  for (const ContainerRules& rules : rules_without_policy(files)) {
    std::string reason = reason_by_config(rules, state, config);
    if (!reason.empty()) return reason;
  }
  return {};
}

}  // namespace

Verdict judge(const PolicyFiles& files, const State& state, const Config& config) {
  Verdict verdict;
  std::optional<LoadedPolicy> loaded;
  try {
    loaded = load_host_policy(files);
  } catch (const Error& e) {
    verdict.trouble = e.what();
    verdict.reason = reason_without_policy(files, state, config);
    return verdict;
  }
  ContainerPolicy own = policy_of_container(std::move(*loaded), state, config);
  verdict.policy = std::move(own.loaded);
  verdict.reason = std::move(own.reason);
  return verdict;
}

Error refusal_without_policy(const std::string& reason, const std::string& trouble) {
  return Error("start the builder container (" + reason + ")",
               "its policy cannot be used: " + trouble,
               "fix the file; no other container is affected");
}

}  // namespace rind::hook
