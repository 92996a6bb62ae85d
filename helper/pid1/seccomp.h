// The seccomp filter of a step.
//
// The programs are made when Rind is built (helper/pid1/filter): libseccomp at run time would take
// 12 ms for each step.
#pragma once

#include "common/policy/seccomp_profile.h"

namespace rind {

// Installs the profile's filter for the calling thread and all its future children, permanently;
// does nothing for kNone. no_core: RLIMIT_CORE cannot be changed any more. root: giving a file to
// another user does nothing and succeeds. Needs no_new_privs. Throws SysError.
void install_filter(SeccompProfile profile, bool no_core, bool root);

// Denies all sockets except unix and netlink ones, permanently. Needs no_new_privs. Throws
// SysError.
void deny_network();

}  // namespace rind
