// precreate: podman's own stage, a filter of config.json before the container is created.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "hook/log/log.h"

namespace rind::hook {

// config: the text of config.json. Returns it without the variables that narrow.environment names
// in the policy that holds for this container (hook/decide/annotations.h), where config.json alone
// makes the container a builder (the root file system is not asked); of any other container, and
// where there is nothing to drop, the text as it came. All other values stay what they are; the
// order of keys and the spaces between them do not. Throws Error when it is no config.json, when an
// annotation is not understood, and for what config.json makes a builder when the policy cannot be
// used.
std::string filter_config(const std::string& config, const PolicyFiles& files, Log& log);

// The same with the policy at hand. Pure.
std::string filter_config(const std::string& config, LoadedPolicy loaded);

}  // namespace rind::hook
