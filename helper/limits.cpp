#include "helper/limits.h"

#include <algorithm>
#include <optional>

#include "common/error.h"

namespace rind {

std::vector<ResourceLimit> resource_limits(const LimitRules& rules) {
  std::vector<ResourceLimit> limits;
  const auto add = [&](int resource, const std::optional<uint64_t>& value) {
    if (!value) return;
    ResourceLimit limit = {resource, {}};
    if (::getrlimit(static_cast<__rlimit_resource>(resource), &limit.value) != 0) {
      throw_errno("get resource limits");
    }
    limit.value.rlim_max = std::min<rlim_t>(limit.value.rlim_max, *value);
    limit.value.rlim_cur = std::min(limit.value.rlim_cur, limit.value.rlim_max);
    limits.push_back(limit);
  };
  add(RLIMIT_NPROC, rules.processes);
  add(RLIMIT_NOFILE, rules.open_files);
  add(RLIMIT_AS, rules.address_space);
  add(RLIMIT_CORE, rules.core);
  return limits;
}

}  // namespace rind
