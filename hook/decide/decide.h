// Is this container a builder, and may it start? Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The annotation by which the defaults opt in. It does so under every policy, also where the policy
// names another one: whoever writes it wants a builder.
inline constexpr const char* kDefaultOptIn = "io.rind.builder";

// Why config.json alone makes this container a builder; empty when it does not. Annotations,
// command and environment may come from the image: they can make a builder, nothing unmakes one.
std::string builder_by_config(const ContainerRules& rules, const State& state,
                              const Config& config);

// True when the container is started through the helper (`/dev/rind/rind launch -- COMMAND`), which
// is there only when the hook ran: who writes that requires the hook.
bool requires_hook(const Config& config);

// The words of the container's own command: without what starts it through the helper.
std::vector<std::string> launched_command(const Config& config);

// The annotation that has the value "true" and opts in: the policy's, or kDefaultOptIn. "" where
// the container has neither.
std::string opted_in_by(const ContainerRules& rules, const State& state, const Config& config);

// Throws Error when a builder must not start as config.json describes it: CAP_SYS_ADMIN could undo
// everything, a /dev of the host's must not get the kit, and with a read-only /proc no step runs.
void require_isolable(const ContainerRules& rules, const Config& config);

// A kuid and a kgid, as the hook's user namespace numbers them.
struct HostIds {
  unsigned uid = 0, gid = 0;
};
// map: /proc/PID/uid_map or gid_map as read by the hook. Returns what the container's lowest id is
// outside; nothing for an empty map.
std::optional<unsigned> outside_root(const std::string& map);
// What `id` of the container is outside; nothing when the map does not have it, or the hook's user
// namespace has no number for it.
std::optional<unsigned> outside_id(const std::string& map, unsigned id);

// The name of the host's record file of the container `id`. Throws Error when the id could name
// anything but a file of its own: the runtime is trusted, but not to keep others from naming
// containers.
std::string record_file_name(const std::string& id);

}  // namespace rind::hook
