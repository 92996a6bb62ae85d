#include "common/base/own_identity.h"

#include <linux/capability.h>

#include <algorithm>
#include <cstdlib>

namespace rind {
namespace {

// 65534 is nobody, 65535 the 16-bit "no id", and larger ids are seldom mapped.
constexpr uint64_t kNobody = 65534;

struct Span {
  uint64_t first = 0, end = 0;  // [first, end)
};

// The ids that both maps contain, in the order of the uid map.
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

}  // namespace

std::vector<IdRange> parse_id_map(const std::string& text) {
  std::vector<IdRange> map;
  const char* at = text.c_str();
  for (;;) {
    char* end = nullptr;
    IdRange range;
    for (uint64_t* number : {&range.inside, &range.outside, &range.count}) {
      *number = std::strtoull(at, &end, 10);
      if (end == at) return map;
      at = end;
    }
    map.push_back(range);
  }
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
    // Never lease uid 0 (root), nor 65534 (nobody) and above.
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

std::string lacking_capability(uint64_t capabilities) {
  struct Needed {
    unsigned capability;
    const char* name;
  };
  // CAP_SETUID and CAP_SETGID for mapping another id; the others for giving a tree to the step and
  // taking it back.
  constexpr Needed kNeeded[] = {{CAP_SETUID, "CAP_SETUID"},
                                {CAP_SETGID, "CAP_SETGID"},
                                {CAP_CHOWN, "CAP_CHOWN"},
                                {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
                                {CAP_FOWNER, "CAP_FOWNER"}};
  for (const auto& needed : kNeeded) {
    if ((capabilities >> needed.capability & 1) == 0) return needed.name;
  }
  return {};
}

}  // namespace rind
