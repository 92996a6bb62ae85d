// Failed calls that name no path: what denied them, and what would allow them. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "helper/causes/causes.h"

namespace rind {

// capabilities: the builder's, one bit each: without one the call fails for the builder, too.
// Returns nothing for a call that Rind did not deny.
std::optional<Cause> cause_of_call(const Plan& plan, const FailedCall& call, uint64_t capabilities);

}  // namespace rind
