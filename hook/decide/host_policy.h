// The host's policy as the hook uses it, and what is known of builders where it cannot be used.
#pragma once

#include <vector>

#include "common/policy/policy.h"

namespace rind::hook {

// Throws Error when somebody else than root, or than the user whose engine this is, may change a
// file that decides, or its directory: whoever can, decides what is isolated on this host. Throws
// for a directory that was named and is not there, too.
void require_trusted(const PolicyFiles& files);

// load_policy, of files that can be trusted.
LoadedPolicy load_host_policy(const PolicyFiles& files);

// The defaults that were compiled in: what the package installs, not a copy.
LoadedPolicy embedded_policy();

// Where the policy cannot be used: every description of builders that is still known. These are the
// built-in one, and what the operator's files say of it, each key by itself, as far as they can be
// read. A container is refused that any of them calls a builder. Throws nothing.
std::vector<ContainerRules> rules_without_policy(const PolicyFiles& files);

}  // namespace rind::hook
