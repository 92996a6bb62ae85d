// What the kit's manifest tells the helper of a container.
#pragma once

#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// All but the seams, which are known when they are covered. Looks at the host for sockets behind
// bind mounts: call it before the container's mount namespace is joined. Throws Error.
kit::Manifest make_manifest(const Policy& policy, const Config& config);

}  // namespace rind::hook
