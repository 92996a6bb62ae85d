// Gives up every privilege, permanently.
#pragma once

namespace rind {

// Changes all uids and gids of this process. It keeps the capabilities over a namespace in which
// uid 0 is not mapped. Throws Error.
void become(unsigned uid, unsigned gid);

// Empties the bounding set and all capability sets, locks the securebits so that uid 0 means
// nothing, and sets no_new_privs. Throws Error.
void give_up_privileges();

}  // namespace rind
