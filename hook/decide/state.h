// What the runtime tells about a container: the OCI state on standard input, and config.json.
//
// Both are trusted (the engine wrote them), but config.json repeats what an image says: its
// environment, command and annotations may only make Rind stricter. Unknown keys are normal here,
// the runtime specification grows.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::hook {

struct State {
  pid_t pid = 0;
  std::string id;      // as the runtime has it: not checked, "" where it is no string
  std::string bundle;  // absolute
  std::string status;  // "creating" or "created" at prestart, "running" at poststart
  std::map<std::string, std::string> annotations;
};

// Of config.json, and of the state, in bytes.
inline constexpr size_t kConfigLimit = 16 * 1024 * 1024;

// Reads descriptor `fd` to its end, always: crun fails the container now and then when a hook
// leaves something in the pipe. Throws Error when it is no state, or larger than kConfigLimit: it
// repeats the annotations of a config.json, which may have no more.
State read_state(int fd);

struct Mount {
  std::string destination, type, source;
  std::vector<std::string> options;
};

// Who the container's first process is, as the container numbers it.
struct ProcessUser {
  unsigned uid = 0, gid = 0;
};

struct Config {
  std::string root;                     // the rootfs, absolute
  std::string working_directory = "/";  // of the first process, absolute
  std::vector<std::string> arguments, environment, masked_paths, bounding;
  std::map<std::string, std::string> annotations;
  std::vector<Mount> mounts;
  // linux.mountLabel: the SELinux context of what is mounted in it, "" where the engine gives none.
  std::string mount_label;
  ProcessUser user;
  bool own_uts_namespace = false;  // made for this container, not joined
};

// Reads BUNDLE/config.json (at most kConfigLimit).
Config read_config(const std::string& bundle);
Config parse_config(const Json& value, const std::string& bundle);

}  // namespace rind::hook
