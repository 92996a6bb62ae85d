#include "hook/decide/verdict.h"

#include <utility>

#include "hook/decide/annotations.h"

namespace rind::hook {
namespace {

// Without a policy no builder can start, but other containers must. All known descriptions of
// builders decide: a mistake in another part of a policy file must not let a builder start.
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
               "fix the file and run rind-hook check; other containers are not affected");
}

}  // namespace rind::hook
