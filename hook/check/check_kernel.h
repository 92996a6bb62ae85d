// Checks what this kernel and its settings allow to a builder container.
#pragma once

#include <string>

#include "common/kit/finding.h"

namespace rind::hook {

// Checks the settings that deny user namespaces, and the security modules that deny mounts.
// helper: the path of the helper, for its SELinux label.
Findings check_settings(const std::string& helper);

// Tries the kernel features that a step needs, in a child process with the capabilities of a
// container's root and in new namespaces. It changes nothing on the host, and does not rely on the
// kernel's version.
Findings check_features();

}  // namespace rind::hook
