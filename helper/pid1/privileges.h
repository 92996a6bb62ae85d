// Giving up every privilege, for good.
#pragma once

namespace rind {

// Becomes `uid` and `gid` in every respect; the capabilities over a namespace in which uid 0 is not
// mapped stay. Throws Error.
void become(unsigned uid, unsigned gid);

// Empties the bounding set and all capability sets, locks the securebits so that uid 0 means
// nothing, and sets no_new_privs. Throws Error.
void give_up_privileges();

}  // namespace rind
