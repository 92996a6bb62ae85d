// What this kernel and its settings give to a builder container without rights.
#pragma once

#include <string>

#include "common/kit/finding.h"

namespace rind::hook {

// Settings that deny user namespaces, and the security modules that deny mounts.
// helper: its path, for its SELinux label.
Findings check_settings(const std::string& helper);

// Tries what a step is made of, in a child with the capabilities of a container's root and in new
// namespaces: nothing of the host's is touched, and no kernel version is asked.
Findings check_features();

}  // namespace rind::hook
