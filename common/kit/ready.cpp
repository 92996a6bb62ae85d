#include "common/kit/ready.h"

#include <algorithm>
#include <climits>

namespace rind::kit {

std::string ready_devices(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string joined = "dev-";
  for (const auto& name : names) {
    if (name.empty() || name.find_first_of("/,") != std::string::npos) return {};
    joined += (&name == names.data() ? "" : ",") + name;
  }
  if (names.empty() || joined.size() > NAME_MAX) return {};
  return std::string(kReady) + "/" + joined;
}

}  // namespace rind::kit
