// A container's annotations for Rind, and their effect on the policy. Pure.
//
// Annotations may come from an image, so none of them can loosen the policy: they opt in, choose
// one of the policies that the operator offers (`choices`), or tighten it. An annotation of Rind
// that is not understood is an error for every container: ignoring it would start a container less
// isolated than its author wants. docs/policy.md lists the annotations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// True for every name that may be meant for Rind: "io.rind" in upper or lower case, alone or
// followed by a character other than a letter or a digit. "io.rind/builder", the form of
// Kubernetes, is such a name; "io.rindfleisch" is not.
bool is_own_annotation(const std::string& name);

// Rind's annotations, name to value, without those that opt in.
using Asked = std::map<std::string, std::string>;

// Rind's annotations in config.json and in the state, which repeats them. opt_in: the policy's
// annotation that opts in. Throws Error when the two give an annotation different values, and when
// an annotation that opts in (the policy's or kDefaultOptIn) is neither "true" nor "false".
Asked asked_by_annotations(const std::string& opt_in, const State& state, const Config& config);

// Why config.json alone makes the container a builder; "" when it does not. The reasons are those
// of builder_by_config, and annotations that choose or tighten a policy: only a builder has a use
// for them. Throws as asked_by_annotations.
std::string reason_by_config(const ContainerRules& rules, const State& state, const Config& config);

// True when an annotation that opts in has the value "false". Other reasons may still make the
// container a builder.
bool opts_out(const ContainerRules& rules, const State& state, const Config& config);

// Applies `asked` to `loaded`: first the choice, then the annotations that tighten. Throws Error
// when a name or a value is not understood, and when the policy does not offer the choice.
LoadedPolicy with_annotations(LoadedPolicy loaded, const Asked& asked);

struct ContainerPolicy {
  LoadedPolicy loaded;  // the policy for the container
  std::string reason;   // why config.json alone makes it a builder; empty when it does not
};
// Applies the annotations to the host's policy `base`. `base` also decides whether the container is
// a builder (reason_by_config). Throws as with_annotations.
ContainerPolicy policy_of_container(LoadedPolicy base, const State& state, const Config& config);

}  // namespace rind::hook
