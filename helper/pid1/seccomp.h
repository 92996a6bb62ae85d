// The seccomp filter of a step.
//
// The program was made when Rind was built (helper/pid1/filter): libseccomp at run time would cost
// 12 ms a step. Its rules are in helper/pid1/filter/rules.h.
#pragma once

#include "common/policy/seccomp_profile.h"

namespace rind {

// Puts the calling thread, and all that it will start, under the profile's filter, for good; does
// nothing for kNone. no_core: RLIMIT_CORE stays as it is. Needs no_new_privs. Throws SysError.
void install_filter(SeccompProfile profile, bool no_core);

// Denies every socket but unix and netlink ones, and nothing else, for good. Needs no_new_privs.
// Throws SysError.
void deny_network();

}  // namespace rind
