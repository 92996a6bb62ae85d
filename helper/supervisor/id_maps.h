// Id maps of user namespaces, and why a namespace was denied.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"

namespace rind {

// The error for a clone or unshare that failed with `code`. It finds out what denied it (a sysctl,
// the seccomp profile, AppArmor) and the remedy for the operator.
Error no_user_namespace(int code);

struct IdPair {
  unsigned inside = 0, outside = 0;
};

// Writes the id maps of the user namespace of a process. It disables setgroups(2) there first, as
// the kernel requires. process: its directory in /proc (common/base/proc.h). Throws Error.
void map_ids(const std::string& process, const std::vector<IdPair>& uids,
             const std::vector<IdPair>& gids);

}  // namespace rind
