// Whether config.json makes a container a builder, and by which policy: the same decision at every
// stage, with a policy and without one.
#pragma once

#include <optional>
#include <string>

#include "common/base/error.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"

namespace rind::hook {

struct Verdict {
  // The policy that holds for the container; nothing where the host's cannot be used.
  std::optional<LoadedPolicy> policy;
  std::string trouble;  // why there is none
  std::string reason;   // why config.json alone makes it a builder; empty when it does not
};

// Throws Error when an annotation of the container is not understood.
Verdict judge(const PolicyFiles& files, const State& state, const Config& config);

// The refusal of a builder whose policy cannot be used.
Error refusal_without_policy(const std::string& reason, const std::string& trouble);

}  // namespace rind::hook
