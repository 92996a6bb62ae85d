// precreate: a stage of podman alone, a filter of config.json before the container is created.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "hook/log/log.h"

namespace rind::hook {

// config: the text of config.json. If config.json alone makes the container a builder (there is no
// root file system to search yet), returns it without the variables that narrow.environment of the
// container's policy names. Otherwise, and if no variable matches, returns `config` unchanged. All
// other values stay the same, but the order of keys and white space may change.
// Throws Error when `config` is not a config.json, when an annotation is not understood, and for a
// builder when the policy cannot be used.
std::string filter_config(const std::string& config, const PolicyFiles& files, Log& log);

// The same with a loaded policy. Pure.
std::string filter_config(const std::string& config, LoadedPolicy loaded);

}  // namespace rind::hook
