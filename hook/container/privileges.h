// The hook's capabilities, with libcap-ng.
#pragma once

#include <vector>

namespace rind::hook {

// Drops every capability except these (CAP_* of <linux/capability.h>) from all sets and, with
// CAP_SETPCAP, from the bounding set. It does not add capabilities. Throws Error.
void keep_capabilities(const std::vector<unsigned>& capabilities);

// Makes every capability but these ineffective. They stay permitted, so that a program that is
// executed has them. It does not add capabilities. Throws Error.
void lower_capabilities(const std::vector<unsigned>& capabilities);

// True when this process can use the capability now.
bool has_capability(unsigned capability);

}  // namespace rind::hook
