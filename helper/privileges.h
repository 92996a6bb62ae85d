// Giving up every privilege, for good.
#pragma once

namespace rind {

// Empties the bounding set and all capability sets, locks the securebits so that uid 0 means
// nothing, and sets no_new_privs. Throws Error.
void give_up_privileges();

}  // namespace rind
