// The containers that run on this host, found without asking an engine: their state is in /proc,
// and in what OCI runtimes and conmon leave in /run.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

struct Running {
  pid_t pid = 0;            // the container's first process, as this process numbers it
  std::string id;           // "" when nothing says it
  std::string engine;       // "podman", "cri-o", "buildah", or ""
  std::string bundle;       // "" when nothing says it
  std::string config_path;  // where BUNDLE can be opened from here
  uid_t config_owner = 0;   // who has to own config.json there
};

// What conmon's command line says of its container. Pure.
struct ConmonCall {
  std::string id, bundle, pid_file, engine;
};
// Nothing for what is no conmon, or one of an exec session. arguments: with argv[0].
std::optional<ConmonCall> conmon_call(const std::vector<std::string>& arguments);

// From a runtime's state: crun's `status`, or runc's `state.json`. Nothing for what is neither, or
// has ended. id: of the container. Pure.
std::optional<Running> running_by_state(const Json& state, const std::string& id);

// Every container that this user may see, one entry each, in the order of their pids. Containers
// within containers are not listed: they are their outer container's.
std::vector<Running> running_containers();

// The container's configuration: of its bundle where that is known, else what its first process
// shows: arguments and environment. from_bundle: which of the two. Throws Error.
Config config_of(const Running& container, bool& from_bundle);

// When process `pid` started, as UTC in ISO 8601; "" when it has ended.
std::string started_at(pid_t pid);

}  // namespace rind::hook
