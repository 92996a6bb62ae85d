// The control group of this container, as seen from inside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rind {

// The files that may contain a limit of processes, for a process with this text in
// /proc/self/cgroup: of its own control group and of those above it, cgroup v1 and v2. With a
// cgroup namespace, or with only a part of a hierarchy mounted, some of them do not exist.
std::vector<std::string> pids_files(const std::string& cgroup_text);

// The lowest of these limits for this process; nothing when none is visible.
std::optional<uint64_t> pids_max();

}  // namespace rind
