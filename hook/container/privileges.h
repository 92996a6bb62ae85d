// Capabilities of the hook, by libcap-ng.
#pragma once

#include <vector>

namespace rind::hook {

// Gives up every capability but these (CAP_* of <linux/capability.h>), from all sets and, where it
// may, from the bounding set. Those that the caller does not have are not gained. Throws Error.
void keep_capabilities(const std::vector<unsigned>& capabilities);

// True when this process can use the capability now.
bool has_capability(unsigned capability);

}  // namespace rind::hook
