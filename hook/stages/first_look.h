// What the hook does at prestart in its static program: most containers are no builders, and that
// is found out without libmount, a dynamic loader, or the work for builders.
#pragma once

#include "hook/stages/stages.h"

namespace rind::hook {

// Returns for a container that is certainly no builder. For every other one, and after any error,
// it executes the program that decides anew and does the work, with the same call and the same
// standard input. Throws Error when that program cannot be executed.
void first_look(const Container& container, const State& state, const HostPaths& paths, Log& log);
void first_look_unseen(const State& state, const HostPaths& paths, const CannotLook& denied,
                       Log& log);

inline constexpr Prestart kFirstLook = {first_look, first_look_unseen};

}  // namespace rind::hook
