// The installed helper, as the hook mounts it in builders. `rind-hook check` uses the same
// function.
#pragma once

#include <string>

#include "common/base/fd.h"

namespace rind::hook {

// Opens the helper (O_PATH). Throws Error unless steps can execute it: a plain program of mode 0755
// that is not setuid, on a file system that is not mounted noexec. A mount of it in a container
// keeps that attribute.
Fd require_helper(const std::string& path);

}  // namespace rind::hook
