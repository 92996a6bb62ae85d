// The runtime's description of a container: the OCI state on standard input, and config.json.
//
// The engine wrote both, so they are trusted. But config.json contains the image's environment,
// command and annotations: these can only make Rind stricter. Unknown keys are ignored, because
// newer versions of the runtime specification add keys.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::hook {

struct State {
  pid_t pid = 0;
  std::string id;      // the runtime's, not checked; "" when it is not a string
  std::string bundle;  // absolute
  std::string status;  // "creating" or "created" at prestart, "running" at poststart
  std::map<std::string, std::string> annotations;
  std::string text;  // all of it, as it was read
};

// The limit in bytes for config.json, and for the state.
inline constexpr size_t kConfigLimit = 16 * 1024 * 1024;

// Always reads `fd` to its end: crun sometimes fails the container when a hook leaves data in the
// pipe. Throws Error when the text is not a state or is larger than kConfigLimit. A state repeats
// the annotations of config.json, so it has the same limit.
State read_state(int fd);

struct Mount {
  std::string destination, type, source;
  std::vector<std::string> options;
};

// The user of the container's first process, as numbered in the container.
struct ProcessUser {
  unsigned uid = 0, gid = 0;
};

struct Config {
  std::string root;                     // the rootfs, absolute
  std::string working_directory = "/";  // of the first process, absolute
  std::vector<std::string> arguments, environment, masked_paths, readonly_paths, bounding;
  std::map<std::string, std::string> annotations;
  std::vector<Mount> mounts;
  std::string mount_label;  // linux.mountLabel, the SELinux context for mounts; "" when not set
  ProcessUser user;
  bool own_uts_namespace = false;  // made for this container, not joined
};

// Reads BUNDLE/config.json (at most kConfigLimit bytes). Throws Error.
Config read_config(const std::string& bundle);
// The whole text, or all but its longest part, the seccomp profile, of which a Config has nothing.
// origin: a file's name, for messages. Throws Error as parse_json does.
Json parse_config_text(const std::string& text, const std::string& origin);
Config parse_config(const Json& value, const std::string& bundle);

}  // namespace rind::hook
