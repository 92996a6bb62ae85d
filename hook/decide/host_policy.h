// The host's policy, and the rules that decide about builders when that policy cannot be used.
#pragma once

#include <vector>

#include "common/policy/policy.h"

namespace rind::hook {

// Throws Error when a user other than root and the engine's user can change a policy file or its
// directory: that user would decide what is isolated on this host. Also throws Error when
// files.directory was named and does not exist.
void require_trusted(const PolicyFiles& files);

// require_trusted, then load_policy.
LoadedPolicy load_host_policy(const PolicyFiles& files);

// The defaults, compiled in from the file that the package installs.
LoadedPolicy embedded_policy();

// For a host whose policy cannot be used: every known description of builders. These are the
// built-in one and, key by key, those in the operator's files, as far as they can be read. A
// container that matches any of them is refused. Throws nothing.
std::vector<ContainerRules> rules_without_policy(const PolicyFiles& files);

}  // namespace rind::hook
