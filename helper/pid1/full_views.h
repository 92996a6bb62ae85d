// Views that a step filled.
#pragma once

#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// How each of these notes begins.
inline constexpr const char* kFullView = "room in ";

// A note for each private and cow view that has no room left; at most two. Call it in the step's
// root, before its mounts are gone.
Notes full_views(const Plan& plan);

}  // namespace rind
