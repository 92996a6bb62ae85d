// The kit's description of the container's first process, when the policy narrows its environment:
// /dev/rind/entry.json. It is separate from the manifest and small because common programs, such as
// a shell, may be covered for it, and each of their calls reads it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::kit {

inline constexpr const char* kEntryFile = "/dev/rind/entry.json";
inline constexpr size_t kEntryLimit = 512 * 1024;

// A program that is covered only to narrow the environment.
struct EntryCover {
  std::string path;      // as the container sees it, canonical
  std::string original;  // in the kit, absolute
};

struct Entry {
  uint64_t pid = 0;            // the first process, in its own pid namespace
  uint64_t pid_namespace = 0;  // the inode of that namespace
  std::vector<std::string> drop;
  std::vector<EntryCover> covers;
};

Json to_json(const Entry& entry);
// Throws Error unless to_json could have written `value`.
Entry parse_entry(const Json& value, const std::string& origin);

// True when a wildcard of `drop` matches the name of `variable` (NAME=VALUE, or only NAME). ASCII
// letters match in either case. Pure.
bool is_dropped(const std::vector<std::string>& drop, const std::string& variable);

}  // namespace rind::kit
