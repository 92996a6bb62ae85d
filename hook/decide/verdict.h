// Whether config.json makes a container a builder, and which policy it gets. Every stage decides
// with these functions, also when the host's policy cannot be used.
#pragma once

#include <optional>
#include <string>

#include "common/base/error.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"

namespace rind::hook {

struct Verdict {
  std::optional<HostPolicy> host;         // nothing when the host's policy cannot be used
  std::optional<LoadedPolicy> annotated;  // where the container's annotations change it
  std::string trouble;                    // why the host's policy cannot be used
  std::string reason;  // why config.json alone makes it a builder; empty when it does not

  bool usable() const { return host.has_value(); }
  // The policy for the container, if usable(): what was asked for, and all of it for the kit.
  const Policy& rules() const { return annotated ? annotated->policy : host->rules(); }
  KitPolicy for_kit() const;
};

// rules: what the caller will ask of Verdict::rules(). Throws Error when an annotation of the
// container is not understood.
Verdict judge(const PolicyFiles& files, const State& state, const Config& config, Rules rules);

// The Error for a builder when the host's policy cannot be used.
Error refusal_without_policy(const std::string& reason, const std::string& trouble);

}  // namespace rind::hook
