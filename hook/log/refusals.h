// Where a refusal's reason stays on a machine without a journal, as in a container in which podman
// runs: crun throws away what a hook prints, and nobody reads /dev/log there.
//
// One file for each user, in a directory that is that user's alone: /run/rind-hook for root, else
// /run/user/UID/rind-hook or, where there is no such directory, /tmp/rind-hook-UID. `rind-hook
// status` prints it. It is of a bounded size, and written for refusals only.
#pragma once

#include <string>
#include <vector>

namespace rind::hook {

// True when something listens on /dev/log.
bool has_journal();

// Adds a line, with the time. What cannot be kept is lost: the refusal itself must not fail.
void keep_refusal(const std::string& line) noexcept;

// The lines that were kept for this user, oldest first, and the files they are in.
struct KeptRefusals {
  std::vector<std::string> files, lines;
};
KeptRefusals kept_refusals();

}  // namespace rind::hook
