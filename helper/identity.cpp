#include "helper/identity.h"

#include <linux/capability.h>

#include <algorithm>

#include "common/error.h"

namespace rind {
namespace {

// From here on ids are special: nobody, the 16-bit "no id", and what lies above is seldom mapped.
constexpr uint64_t kNobody = 65534;

struct Span {
  uint64_t first = 0, end = 0;  // [first, end)
};

// What both maps have, in the order of the uid map.
std::vector<Span> overlaps(const std::vector<IdRange>& uid_map,
                           const std::vector<IdRange>& gid_map) {
  std::vector<Span> spans;
  for (const auto& uids : uid_map) {
    for (const auto& gids : gid_map) {
      const uint64_t first = std::max(uids.inside, gids.inside);
      const uint64_t end = std::min(uids.inside + uids.count, gids.inside + gids.count);
      if (first < end) spans.push_back({first, end});
    }
  }
  return spans;
}

bool has(const Facts& facts, unsigned capability) {
  return (facts.capabilities >> capability & 1) != 0;
}

// Why this container cannot lend ids; "" when it can.
std::string obstacle(const Facts& facts, const std::vector<unsigned>& ids) {
  struct Needed {
    unsigned capability;
    const char* name;
  };
  // Mapping another's id takes the first two; giving a tree to the step and back the others.
  constexpr Needed kNeeded[] = {{CAP_SETUID, "SETUID"},
                                {CAP_SETGID, "SETGID"},
                                {CAP_CHOWN, "CHOWN"},
                                {CAP_DAC_OVERRIDE, "DAC_OVERRIDE"},
                                {CAP_FOWNER, "FOWNER"}};
  for (const auto& needed : kNeeded) {
    if (!has(facts, needed.capability)) {
      return std::string("the builder lacks CAP_") + needed.name;
    }
  }
  if (std::all_of(ids.begin(), ids.end(),
                  [](unsigned id) { return id == PlannedIdentity::kNoId; })) {
    return "the container's user namespace has no id to spare";
  }
  if (!facts.unreadable.empty()) {
    return facts.unreadable.front() + " is closed to every other user";
  }
  return {};
}

void require_own_number(const Facts& facts) {
  // Linux 5.12: mapping the parent's uid 0 takes CAP_SETFCAP.
  if (facts.uid == 0 && !has(facts, CAP_SETFCAP)) {
    throw Error("give the step its identity",
                "the container's root lacks CAP_SETFCAP, which mapping uid 0 takes",
                "run the container with --cap-add SETFCAP, or as another user than root");
  }
}

}  // namespace

std::string to_string(PlannedIdentity::Mode mode) {
  return mode == PlannedIdentity::Mode::kSelf ? "self" : "ephemeral";
}

std::vector<unsigned> lease_ids(const std::vector<IdRange>& uid_map,
                                const std::vector<IdRange>& gid_map, uint64_t first,
                                uint64_t count) {
  Span best;
  for (const Span& span : overlaps(uid_map, gid_map)) {
    if (span.first <= first && first + count <= span.end) {
      best = {first, first + count};
      break;
    }
    // Root's own number is nobody else's; and nobody's is not anybody's.
    const Span usable = {std::max<uint64_t>(span.first, 1), std::min(span.end, kNobody)};
    if (usable.first >= usable.end) continue;
    const Span top = {usable.end - std::min(count, usable.end - usable.first), usable.end};
    if (top.end - top.first > best.end - best.first ||
        (top.end - top.first == best.end - best.first && top.first > best.first)) {
      best = top;
    }
  }
  std::vector<unsigned> ids;
  for (uint64_t id = best.first; id < best.end; ++id) ids.push_back(static_cast<unsigned>(id));
  return ids;
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
  identity.reason = obstacle(facts, ids);
  if (identity.reason.empty()) {
    identity.mode = PlannedIdentity::Mode::kEphemeral;
    identity.ids = std::move(ids);
    return identity;
  }
  if (policy.identity.ephemeral == Want::kRequired) {
    throw Error("give the step an identity of its own", identity.reason,
                "run the container as root with its default capabilities and more than one id, or "
                "set identity.ephemeral to \"preferred\" in the policy");
  }
  require_own_number(facts);
  return identity;
}

std::string with_line(const std::string& file, const std::string& line) {
  const bool ended = file.empty() || file.back() == '\n';
  return file + (ended ? "" : "\n") + line + "\n";
}

}  // namespace rind
