// The nodes in the container's /dev.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"

namespace rind {

// Lists /dev and its directories: devices, links between them, and what is neither. Without what
// each step has of its own (pts, shm, mqueue, fd), and without the kit. wanted: the policy's
// `devices`; names in it without a wildcard are found also where a directory cannot be listed.
std::vector<DeviceFact> device_facts(const std::vector<std::string>& wanted);

}  // namespace rind
