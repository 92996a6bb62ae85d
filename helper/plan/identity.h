// The uid and gid of a step. Pure.
//
// An ephemeral identity is a uid and gid that nobody else in the container has while the step runs.
// Files of mode 0600, unix sockets and processes of all other users are closed to it. Lease n of
// the kit always stands for the id ids[n]: it follows from the container's id maps, which cannot
// change.
#pragma once

#include <string>
#include <vector>

#include "common/base/own_identity.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"

namespace rind {

struct PlannedIdentity {
  enum class Mode { kSelf, kEphemeral } mode = Mode::kSelf;
  // For kEphemeral: the id of each lease; kNoId where that id is in use already.
  static constexpr unsigned kNoId = ~0U;
  std::vector<unsigned> ids;
  // Owners of closed directories on the way to the step's paths: the sandbox is made with their
  // rights, too.
  std::vector<Owner> also_mapped;
  std::string reason;  // why kSelf, where the policy prefers kEphemeral
};
std::string to_string(PlannedIdentity::Mode mode);

// Throws Error when the policy requires what this container cannot give.
PlannedIdentity plan_identity(const Policy& policy, const Facts& facts);

}  // namespace rind
