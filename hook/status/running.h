// Finds the running containers of this host without calling an engine: in /proc, and in the files
// that OCI runtimes and conmon write in /run.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "hook/decide/state.h"

namespace rind::hook {

struct Running {
  pid_t pid = 0;            // the container's first process, in this process's pid namespace
  std::string id;           // "" when it is not known
  std::string engine;       // "podman", "cri-o", "buildah", or ""
  std::string bundle;       // "" when it is not known
  std::string config_path;  // the path of the bundle in this process's mount namespace
  uid_t config_owner = 0;   // the required owner of config.json there; 0: any owner
};

// The data about a container in conmon's command line. Pure.
struct ConmonCall {
  std::string id, bundle, pid_file, engine;
};
// Returns nothing when the process is not conmon, or is the conmon of an exec session. arguments:
// with argv[0].
std::optional<ConmonCall> conmon_call(const std::vector<std::string>& arguments);

// Reads a runtime's state: crun's `status` or runc's `state.json`. Returns nothing for another
// format, and for a container that has ended. id: of the container. Pure.
std::optional<Running> running_by_state(const Json& state, const std::string& id);

// Every container that this user can see, once, in the order of pids. Containers inside of
// containers are not listed.
std::vector<Running> running_containers();

// The container's configuration: config.json of its bundle if it can be read (from_bundle is then
// true), else the arguments and environment of its first process. Throws Error.
Config config_of(const Running& container, bool& from_bundle);

// When process `pid` started, as UTC in ISO 8601; "" when it has ended.
std::string started_at(pid_t pid);

}  // namespace rind::hook
