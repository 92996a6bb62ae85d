// `rind-hook status`: which builder containers run on this host, and has each its kit?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/policy/policy.h"
#include "hook/status/running.h"

namespace rind::hook {

// A builder that runs.
struct BuilderStatus {
  Running container;
  std::string since, reason;
  enum class Kit { kWhole, kDamaged, kNone, kUnknown } kit = Kit::kNone;
  std::vector<std::string> faults;  // of a damaged kit; why nothing is known
  // Whether the kit's policy is the one that the container would get now.
  enum class PolicyState { kSame, kDiffers, kUnknown } policy = PolicyState::kUnknown;
  // Why its steps keep the builder's uid, though the policy wants another for them; "" where they
  // have their own, or nothing is known.
  std::string without_identity = {};
};
std::string to_string(BuilderStatus::Kit kit);
std::string to_string(BuilderStatus::PolicyState policy);

// Looks at one container. Nothing when it is no builder, or has ended.
std::optional<BuilderStatus> builder_status(const Running& container, const LoadedPolicy& policy);

// Prints a line a builder, or one JSON object. Returns 0 when every builder's kit is whole, 1 when
// one has none, or a damaged one, or cannot be looked at. Throws Error when the policy cannot be
// used.
int status(const PolicyFiles& policy, bool json);

}  // namespace rind::hook
