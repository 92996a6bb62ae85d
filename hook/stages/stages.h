// What the hook does at each stage of a container's life.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/decide/state.h"
#include "hook/log/log.h"

namespace rind::hook {

// Where things lie on the host.
struct HostPaths {
  std::string helper;
  PolicyFiles policy;
};

// Does what the stage asks for that the container is in. Throws Error when a builder must not
// start, or runs without a kit; returns for every container that may.
//
// One hook file serves prestart and poststart, and the status does not tell them apart: crun says
// "created" and "running", runc says "creating" and "created". Whether the container's process has
// changed its root does.
void run_stage(const State& state, const HostPaths& paths, Log& log);

// Before the container starts: decides, and isolates a builder.
void prestart(const Container& container, const State& state, const HostPaths& paths, Log& log);

// Before the container starts, where the kernel does not let the hook look into it (`denied`):
// throws Error when it is a builder. One whose seam lies in a volume is known by its annotation
// alone.
void prestart_unseen(const State& state, const HostPaths& paths, const CannotLook& denied,
                     Log& log);

// After it has started: sets a builder's host name. Whatever is no builder is let alone, and so is
// what has ended or cannot be looked into.
void poststart(const Container& container, const State& state, const HostPaths& paths, Log& log);

}  // namespace rind::hook
