// What the kit says of the container's first process, where the policy narrows its environment:
// /dev/rind/entry.json. A small file of its own: programs as common as a shell are covered for it,
// and each of their calls reads it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/json_fwd.h"

namespace rind::kit {

inline constexpr const char* kEntryFile = "/dev/rind/entry.json";
inline constexpr size_t kEntryLimit = 512 * 1024;

// A program that is covered for nothing but the environment.
struct EntryCover {
  std::string path;      // as the container sees it, canonical
  std::string original;  // in the kit, absolute
};

struct Entry {
  uint64_t pid = 0;            // of the first process, in its own pid namespace
  uint64_t pid_namespace = 0;  // the inode of that namespace
  std::vector<std::string> drop;
  std::vector<EntryCover> covers;
};

Json to_json(const Entry& entry);
// Throws Error on anything that to_json does not write.
Entry parse_entry(const Json& value, const std::string& origin);

// True when the wildcards of `drop` (ASCII letters match in either case) match the name of
// `variable`, NAME=VALUE. A string without '=' is all name. Pure.
bool is_dropped(const std::vector<std::string>& drop, const std::string& variable);

}  // namespace rind::kit
