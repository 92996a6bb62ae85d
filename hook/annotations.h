// What a container's annotations ask of the policy. Pure.
//
// Annotations may come from an image, so by what they can say, none of them loosens: they opt in,
// choose among the policies that the operator offers for choice (`choices`), and tighten. Whoever
// writes one means it: an annotation below our prefix that is not understood is an error, for every
// container. docs/policy.md has the list, docs/security.md the argument.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/policy.h"
#include "hook/state.h"

namespace rind::hook {

inline constexpr const char* kAnnotationPrefix = "io.rind.";

// Annotations below our prefix, without the one that opts in: by name.
using Asked = std::map<std::string, std::string>;

// The annotations of config.json and of the state, which repeats them. `opt_in`: the policy's name
// of the one that decide.h reads. Throws Error when the two say different things.
Asked asked_by_annotations(const std::string& opt_in, const State& state, const Config& config);

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
