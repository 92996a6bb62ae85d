// What a container's annotations ask of the policy. Pure.
//
// Annotations may come from an image, so by what they can say, none of them loosens: they opt in,
// choose among the policies that the operator offers for choice (`choices`), and tighten. Whoever
// writes one means it: an annotation of ours that is not understood is an error, for every
// container. docs/policy.md has the list, docs/security.md the argument.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// True for every name that somebody may have written for Rind: "io.rind" in any case, with nothing
// or with another character than a letter or a digit after it. So "io.rind/builder", the form of
// Kubernetes, is one, and "io.rindfleisch" is none.
bool is_own_annotation(const std::string& name);

// Own annotations, without those that opt in: by name.
using Asked = std::map<std::string, std::string>;

// The annotations of config.json and of the state, which repeats them. `opt_in`: the policy's name
// of the one that decide.h reads. Throws Error when the two say different things, and when one that
// opts in, the policy's or kDefaultOptIn, has a value other than "true" and "false".
Asked asked_by_annotations(const std::string& opt_in, const State& state, const Config& config);

// Why config.json alone makes the container a builder: by builder_by_config, or because an
// annotation chooses or tightens, which can only be meant so. "" when it does not. Throws as
// asked_by_annotations.
std::string reason_by_config(const ContainerRules& rules, const State& state, const Config& config);

// True when an annotation that opts in says "false". That unmakes no builder.
bool opts_out(const ContainerRules& rules, const State& state, const Config& config);

// `loaded` as `asked` wants it: by the choice that `asked` names, and then
// tightened. Throws Error on a name or a value that is not understood, and on a choice that the
// policy does not offer.
LoadedPolicy with_annotations(LoadedPolicy loaded, const Asked& asked);

// What the annotations and the rest of config.json come to.
struct ContainerPolicy {
  LoadedPolicy loaded;  // the policy that holds for the container
  std::string reason;   // why config.json alone makes it a builder; empty when it does not
};
// base: the host's policy; whether the container is a builder is decided by it, and by annotations
// that choose or tighten: they can only be meant so. Throws as with_annotations.
ContainerPolicy policy_of_container(LoadedPolicy base, const State& state, const Config& config);

}  // namespace rind::hook
