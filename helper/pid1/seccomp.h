// The seccomp filter of a step.
//
// The programs are made when Rind is built (helper/pid1/filter): libseccomp at run time would take
// 12 ms for each step. There is one program for each combination of what install_filter is told:
// the kernel needs less for one program than for two.
#pragma once

#include "common/policy/seccomp_profile.h"

namespace rind {

// Installs the profile's filter for the calling thread and all its future children, permanently;
// does nothing for kNone. no_core: RLIMIT_CORE cannot be changed any more. root: giving a file to
// another user does nothing and succeeds. Needs no_new_privs. Throws SysError.
void install_filter(SeccompProfile profile, bool no_core, bool root);

// Installs the filter of steps with a twin for the calling thread, permanently: calls that set
// setuid or setgid bits fail, or are asked about through a listener. Returns the listener, or the
// negative errno. Needs no_new_privs. Async-signal-safe.
int install_mode_filter();

// Denies all sockets except unix and netlink ones, permanently. Needs no_new_privs. Throws
// SysError.
void deny_network();

}  // namespace rind
