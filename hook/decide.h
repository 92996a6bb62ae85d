// Is this container a builder, and may it start? Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/policy.h"
#include "hook/state.h"

namespace rind::hook {

// Why config.json alone makes this container a builder; empty when it does not. Annotations,
// command and environment may come from the image: they can make a builder, nothing unmakes one.
std::string builder_by_config(const ContainerRules& rules, const State& state,
                              const Config& config);

// True when the container carries the annotation with the value "true".
bool is_annotated(const ContainerRules& rules, const State& state, const Config& config);

// Throws Error when a builder must not start as config.json describes it: CAP_SYS_ADMIN could undo
// everything, and a /dev of the host's must not get the kit.
void require_isolable(const ContainerRules& rules, const Config& config);

// The kuid and kgid, as the hook's user namespace numbers them, of the container's root.
struct RootIds {
  unsigned uid = 0, gid = 0;
};
// map: /proc/PID/uid_map or gid_map as read by the hook. Returns what the container's lowest id is
// outside; nothing for an empty map.
std::optional<unsigned> outside_root(const std::string& map);

}  // namespace rind::hook
