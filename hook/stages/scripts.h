// The scripts that make a container a builder.
#pragma once

#include <string>
#include <vector>

#include "common/kit/find_seams.h"
#include "common/policy/policy.h"
#include "hook/container/container.h"
#include "hook/decide/state.h"
#include "hook/log/log.h"

namespace rind::hook {

inline constexpr const char* kSeamReason = "seam in the rootfs";

// The scripts in the container. reason: why config.json makes it a builder; "" when it does not.
// Without a reason, only a seam would make it a builder. Then an incomplete search is a warning: a
// slow disk or an odd image must not stop containers that are not builders.
// container: nullptr when the hook cannot look into it.
std::vector<FoundSeam> scripts_of(const Container* container, const Root& rootfs,
                                  const SeamRules& rules, const Config& config,
                                  const std::string& reason, Log& log);

}  // namespace rind::hook
