// Keeps the reasons of refusals on a machine without a journal, such as a container in which podman
// runs: crun discards a hook's output, and no process reads /dev/log there.
//
// Each user has one file, in a directory that only this user can enter: /run/rind-hook for root,
// else /run/user/UID/rind-hook or, if there is no /run/user/UID, /tmp/rind-hook-UID. `rind-hook
// status` prints it. Its size is limited, and only refusals are written to it.
#pragma once

#include <string>
#include <vector>

namespace rind::hook {

// True when a process listens on /dev/log.
bool has_journal();

// Adds a line with the time. Errors are ignored: the container is refused in any case.
void keep_refusal(const std::string& line) noexcept;

// The lines that were kept for this user, oldest first, and the files that contain them.
struct KeptRefusals {
  std::vector<std::string> files, lines;
};
KeptRefusals kept_refusals();

}  // namespace rind::hook
