// The hook's work at the stages prestart and poststart.
#pragma once

#include <string>

#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/decide/state.h"
#include "hook/log/log.h"

namespace rind::hook {

// The paths of the installed files on the host.
struct HostPaths {
  std::string helper;
  PolicyFiles policy;
};

// What is done before the container starts.
struct Prestart {
  void (*seen)(const Container& container, const State& state, const HostPaths& paths, Log& log);
  // When the kernel does not let the hook look into the container.
  void (*unseen)(const State& state, const HostPaths& paths, const CannotLook& denied, Log& log);
};

// Runs `prestart` or poststart. Throws Error when a builder must not start, or runs without a kit;
// returns normally for every other container.
//
// One hook file serves both stages, and the status does not distinguish them: crun reports
// "created" and "running", runc reports "creating" and "created". At prestart, the container's
// process has not changed its root yet.
void run_stage(const State& state, const HostPaths& paths, const Prestart& prestart, Log& log);

// Before the container starts: decides whether it is a builder, and isolates a builder.
void prestart(const Container& container, const State& state, const HostPaths& paths, Log& log);

// Like prestart, when the kernel does not let the hook look into the container (`denied`): throws
// Error when it is a builder. A builder whose seam is in a volume is recognised only by an
// annotation.
void prestart_unseen(const State& state, const HostPaths& paths, const CannotLook& denied,
                     Log& log);

// All of prestart's work. The hook itself begins with kFirstLook (hook/stages/first_look.h).
inline constexpr Prestart kPrestart = {prestart, prestart_unseen};

// After the container has started: sets a builder's host name. Throws Error when a builder has no
// kit. Ignores other containers and those that have ended.
void poststart(const Container& container, const State& state, const HostPaths& paths, Log& log);

}  // namespace rind::hook
