#include "hook/decide/verdict.h"

#include <utility>

#include "common/base/json.h"
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

Verdict judge(const PolicyFiles& files, const State& state, const Config& config, Rules rules) {
  Verdict verdict;
  try {
    verdict.host = HostPolicy::load(files, rules);
  } catch (const Error& e) {
    verdict.trouble = e.what();
    verdict.reason = reason_without_policy(files, state, config);
    return verdict;
  }
  const ContainerRules& containers = verdict.host->rules().containers;
  verdict.reason = reason_by_config(containers, state, config);
  const Asked asked = asked_by_annotations(containers.annotation, state, config);
  if (!asked.empty()) verdict.annotated = with_annotations(verdict.host->whole(), asked);
  return verdict;
}

KitPolicy Verdict::for_kit() const {
  if (annotated) return {annotated->document->dump(), annotated->policy};
  return host->for_kit();
}

Error refusal_without_policy(const std::string& reason, const std::string& trouble) {
  return Error("start the builder container (" + reason + ")",
               "its policy cannot be used: " + trouble,
               "fix the file and run rind-hook check; other containers are not affected");
}

}  // namespace rind::hook
