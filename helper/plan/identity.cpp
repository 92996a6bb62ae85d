#include "helper/plan/identity.h"

#include <linux/capability.h>

#include <algorithm>

#include "common/base/error.h"

namespace rind {
namespace {

bool has(const Facts& facts, unsigned capability) {
  return (facts.capabilities >> capability & 1) != 0;
}

// Why this container cannot give steps their own ids; "" when it can. Only what the engine gave the
// container and the users of the image may count here. What a package can write (modes, names,
// files) must never decide the uid of the next step.
std::string obstacle(const Facts& facts, const std::vector<unsigned>& ids) {
  const std::string lacking = lacking_capability(facts.capabilities);
  if (!lacking.empty()) return "the builder lacks " + lacking;
  if (ids.empty()) return "the container's user namespace has no spare id";
  const bool all_taken =
      std::all_of(ids.begin(), ids.end(), [](unsigned id) { return id == PlannedIdentity::kNoId; });
  if (all_taken) {
    return "the container has no spare id: each id of its leases belongs to the builder or a "
           "service, or is listed in /etc/passwd or /etc/group";
  }
  return {};
}

void require_own_number(const Facts& facts) {
  // Since Linux 5.12, mapping the parent's uid 0 requires CAP_SETFCAP.
  if (facts.uid == 0 && !has(facts, CAP_SETFCAP)) {
    throw Error("give the step its identity",
                "the container's root lacks CAP_SETFCAP, which mapping uid 0 requires",
                "run the container with --cap-add SETFCAP, or as a user other than root");
  }
}

}  // namespace

std::string to_string(PlannedIdentity::Mode mode) {
  return mode == PlannedIdentity::Mode::kSelf ? "self" : "ephemeral";
}

PlannedIdentity plan_identity(const Policy& policy, const Facts& facts) {
  PlannedIdentity identity;
  if (policy.identity.ephemeral == Want::kNone) {
    require_own_number(facts);
    return identity;
  }
  std::vector<unsigned> ids =
      lease_ids(facts.uid_map, facts.gid_map, policy.identity.first, policy.leases);
  for (unsigned& id : ids) {
    if (facts.named_ids.count(id) != 0 || id == facts.uid || id == facts.gid) {
      id = PlannedIdentity::kNoId;
    }
  }
  identity.reason = facts.no_chown.empty() ? obstacle(facts, ids) : facts.no_chown;
  if (identity.reason.empty()) {
    identity.mode = PlannedIdentity::Mode::kEphemeral;
    identity.ids = std::move(ids);
    return identity;
  }
  if (policy.identity.ephemeral == Want::kRequired && !facts.no_chown.empty()) {
    throw Error("give the step an identity of its own", identity.reason,
                "build on a file system on which the builder may change owners, or set "
                "identity.ephemeral to \"preferred\" in the policy");
  }
  if (policy.identity.ephemeral == Want::kRequired) {
    throw Error("give the step an identity of its own", identity.reason,
                "run the container as root with its default capabilities and more than one id, or "
                "set identity.ephemeral to \"preferred\" in the policy");
  }
  require_own_number(facts);
  return identity;
}

}  // namespace rind
