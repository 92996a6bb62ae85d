// The work for a container that is a builder.
#pragma once

#include <string>
#include <vector>

#include "common/base/resolve.h"
#include "common/kit/find_seams.h"
#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/container/mount_table.h"
#include "hook/decide/host_policy.h"
#include "hook/decide/state.h"
#include "hook/log/log.h"
#include "hook/stages/stages.h"

namespace rind::hook {

// A container that is a builder. What it refers to is to stay as it is.
struct Builder {
  const Container& container;
  const State& state;
  const Config& config;
  const KitPolicy& policy;         // the policy for it
  const Root& rootfs;              // may be from before the rights of isolating_capabilities()
  std::vector<FoundSeam> scripts;  // in rootfs
  std::string reason;              // why it is a builder
};

// The mounts before anything is changed.
struct MountTables {
  MountEntries host, container;
  std::string container_text;  // /proc/PID/mountinfo
};

// Reads them by `reader`. Throws Error.
MountTables read_mount_tables(const Container& container, const MountTable& reader);

// The capabilities that isolate() needs at its begin. Pure.
std::vector<unsigned> isolating_capabilities(const Policy& policy, const Config& config);

// Narrows the builder and installs the kit. reader: reads the container's table once more where
// that changed. Throws Error when the builder must not start.
void isolate(Builder builder, MountTables tables, const HostPaths& paths, const MountTable& reader,
             Log& log);

}  // namespace rind::hook
