// Making the kit's manifest, the hook's facts about a container for the helper.
#pragma once

#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "hook/decide/state.h"

namespace rind::hook {

// The manifest without seams: install_kit adds them. Searches the sources of bind mounts for
// sockets: call it before joining the container's mount namespace. Throws Error.
kit::Manifest make_manifest(const Policy& policy, const Config& config);

}  // namespace rind::hook
