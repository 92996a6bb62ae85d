// The control group of this container, as far as it can be seen from inside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rind {

// The files that may hold a limit of processes for a process with this text in /proc/self/cgroup:
// of its own control group and of those above it, cgroup v1 and v2. Where the container has a
// cgroup namespace, or its own part of a hierarchy mounted, only some of them exist.
std::vector<std::string> pids_files(const std::string& cgroup_text);

// The lowest of these limits that holds for this process; nothing where there is none to be seen.
std::optional<uint64_t> pids_max();

}  // namespace rind
