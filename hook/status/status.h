// `rind-hook status`: lists the running builder containers and the state of each one's kit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/status/running.h"

namespace rind::hook {

// A running builder.
struct BuilderStatus {
  Running container;
  std::string since, reason;
  enum class Kit { kWhole, kDamaged, kNone, kUnknown } kit = Kit::kNone;
  std::vector<std::string> faults;  // the faults of a damaged kit, or why the kit is unknown
  // Compares the kit's policy with the one that the container would get now.
  enum class PolicyState { kSame, kDiffers, kUnknown } policy = PolicyState::kUnknown;
  // Why its steps keep the builder's uid although the policy wants another one; "" when they have
  // their own uids, or when it is not known.
  std::string without_identity = {};
};
std::string to_string(BuilderStatus::Kit kit);
std::string to_string(BuilderStatus::PolicyState policy);

// Examines one container. Returns nothing when it is not a builder, or has ended.
std::optional<BuilderStatus> builder_status(const Running& container, const LoadedPolicy& policy);

// Prints one line for each builder, or one JSON object. Returns 0 when every builder has a whole
// kit, else 1. Throws Error when the policy cannot be used.
int status(const PolicyFiles& policy, bool json);

}  // namespace rind::hook
