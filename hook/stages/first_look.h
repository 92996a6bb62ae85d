// What the hook does at prestart in its static program: without libmount and a dynamic loader.
#pragma once

#include "hook/stages/stages.h"

namespace rind::hook {

// Returns for a container that is certainly no builder, and isolates one that certainly is. Where
// it is not sure, and after any error until then, it executes the program that decides anew and
// does the work, with the same call and the same standard input. Throws Error as prestart(), and
// when that program cannot be executed.
void first_look(const Container& container, const State& state, const HostPaths& paths, Log& log);
void first_look_unseen(const State& state, const HostPaths& paths, const CannotLook& denied,
                       Log& log);

inline constexpr Prestart kFirstLook = {first_look, first_look_unseen};

}  // namespace rind::hook
