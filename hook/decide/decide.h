// Is a container a builder, and may it start? Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The annotation that opts in by default. It does so under every policy, also when the policy names
// another one: a container with it is meant to be a builder.
inline constexpr const char* kDefaultOptIn = "io.rind.builder";

// Why config.json alone makes this container a builder; empty when it does not. Annotations,
// command and environment may come from the image: they can make a container a builder, but not
// prevent it.
std::string builder_by_config(const ContainerRules& rules, const State& state,
                              const Config& config);

// True when the container's command starts with the helper (`/dev/rind/rind launch -- COMMAND`).
// The helper exists only after the hook has run, so such a container requires the hook.
bool requires_hook(const Config& config);

// The words of the container's command, without the words that start it through the helper.
std::vector<std::string> launched_command(const Config& config);

// The name of the annotation that opts in with the value "true": the policy's, or kDefaultOptIn; ""
// when the container has neither.
std::string opted_in_by(const ContainerRules& rules, const State& state, const Config& config);

// True when CAP_SYS_ADMIN is in the container's bounding set.
bool may_have_sys_admin(const Config& config);

// Throws Error when config.json describes a builder that must not start: with CAP_SYS_ADMIN it
// could undo the isolation, a /dev of the host must not get the kit, and no step can run with a
// read-only /proc.
void require_isolable(const ContainerRules& rules, const Config& config);

// A kuid and a kgid, as numbered in the hook's user namespace.
struct HostIds {
  unsigned uid = 0, gid = 0;
};
// The id outside of the container for its lowest id; nothing for an empty map. map:
// /proc/PID/uid_map or gid_map, as the hook reads it.
std::optional<unsigned> outside_root(const std::string& map);
// The id outside of the container for its id `id`; nothing when the map does not contain it, or the
// hook's user namespace has no number for it.
std::optional<unsigned> outside_id(const std::string& map, unsigned id);

// The name of the host's record file for the container `id`. Throws Error unless the id is a plain
// file name: users may choose the ids of their containers.
std::string record_file_name(const std::string& id);

}  // namespace rind::hook
