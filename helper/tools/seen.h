// What a process sees of its own isolation. The builder and the test step both look at themselves.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind {

struct Seen {
  std::map<std::string, std::string> namespaces;  // "net" to "net:[4026531840]"
  unsigned uid = 0, gid = 0;
  // The same ids in the user namespace above this one.
  unsigned outer_uid = 0, outer_gid = 0;
  std::map<std::string, uint64_t> capabilities;  // "CapEff" to its set, one bit for each capability
  bool no_new_privs = false;
  unsigned seccomp = 0;  // 2 with a filter (proc(5))
  uint64_t filters = 0;  // how many; 0 where the kernel does not tell (before 5.9)
  bool root_read_only = false, proc_read_only = false;
  std::vector<uint64_t> processes;        // in /proc, the first ones
  std::vector<std::string> interfaces;    // of the network
  std::string home;                       // HOME
  std::vector<std::string> home_entries;  // what lies in it, the first ones
  // A package in the build environment (VIRTUAL_ENV) can be read.
  bool environment_readable = false;
  // The helper made the mount on /dev for a step: without CAP_SYS_ADMIN nobody can set the source
  // of a mount.
  bool step_devices = false;
};

// The package in the build environment of `rind check`, below VIRTUAL_ENV.
inline constexpr const char* kProbedPackage = "lib/python3/site-packages/probed";
inline constexpr const char* kProbedFile = "__init__.py";

// Looks at this process. Throws Error.
Seen look_at_self();

Json to_json(const Seen& seen);
// Throws Error on anything that to_json does not write.
Seen parse_seen(const Json& value, const std::string& origin);

}  // namespace rind
