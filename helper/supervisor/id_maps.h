// User namespaces: making one, and saying why not.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"

namespace rind {

// The error for a clone or unshare that was denied with `code`: finds out who denies it (a sysctl,
// the seccomp profile, AppArmor) and what the operator can do.
Error no_user_namespace(int code);

struct IdPair {
  unsigned inside = 0, outside = 0;
};

// Writes the id maps of the user namespace of a process, and gives up setgroups(2) in it first, as
// the kernel asks. process: its directory in /proc (common/base/proc.h). Throws Error.
void map_ids(const std::string& process, const std::vector<IdPair>& uids,
             const std::vector<IdPair>& gids);

}  // namespace rind
