// precreate: podman's own stage, a filter of config.json before the container is created.
#pragma once

#include <string>

#include "common/policy.h"

namespace rind::hook {

// config: the text of config.json. Returns it without the variables that the policy's
// narrow.environment names, where config.json alone makes the container a builder (the root file
// system is not asked); of any other container, and where there is nothing to drop, the text as it
// came. All other values stay what they are; the order of keys and the spaces between them do not.
// Throws Error when it is no config.json, and for a container with our annotation when the policy
// cannot be used.
std::string filter_config(const std::string& config, const PolicyFiles& files);

// The same with the policy at hand. Pure.
std::string filter_config(const std::string& config, const Policy& policy);

}  // namespace rind::hook
