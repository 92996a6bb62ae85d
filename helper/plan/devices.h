// Which of the container's devices a step gets. Pure.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/facts.h"

namespace rind {

struct PlannedDevices {
  std::vector<std::string> given;  // names below /dev
  // Relative links in /dev that lead to them, by name.
  std::vector<std::pair<std::string, std::string>> links;
  std::vector<std::string> not_given;  // the container has them, the policy does not name them
  std::vector<std::string> faults;     // what a step cannot have of the policy's list, for people
  // Groups through which a step with its own uid may open devices that are closed to other users.
  std::vector<unsigned> groups;
};

// patterns: the policy's `devices`, with wildcards per component. A pattern that names a directory
// stands for everything in it. What the container does not have is left out. ephemeral: the step
// has a uid of its own. builder_gid: its files must stay closed to the step.
PlannedDevices plan_devices(const std::vector<std::string>& patterns,
                            const std::vector<DeviceFact>& devices, bool ephemeral,
                            unsigned builder_gid);

}  // namespace rind
