// User namespaces: making one, and saying why not.
#pragma once

#include "common/error.h"

namespace rind {

// The error for a clone or unshare that was denied with `code`: finds out who denies it (a sysctl,
// the seccomp profile, AppArmor) and what the operator can do.
Error no_user_namespace(int code);

// Maps one uid and one gid, by the process that is in the new user namespace itself. Gives up
// setgroups(2) first, as the kernel asks. Throws Error.
void map_ids(unsigned inside_uid, unsigned outside_uid, unsigned inside_gid, unsigned outside_gid);

// Brings the loopback interface of a new network namespace up.
void bring_loopback_up();

}  // namespace rind
