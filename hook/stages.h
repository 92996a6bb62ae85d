// What the hook does at each stage of a container's life.
#pragma once

#include <string>

#include "common/policy.h"
#include "hook/state.h"

namespace rind::hook {

// Where things lie on the host.
struct HostPaths {
  std::string helper;
  PolicyFiles policy;
};

// Before the container starts: decides, and isolates a builder. Throws Error when a builder must not
// start; returns for every container that may.
void prestart(const State& state, const HostPaths& paths);

// After it has started: sets a builder's host name. Throws Error; a container that has ended already
// is none.
void poststart(const State& state, const HostPaths& paths);

}  // namespace rind::hook
