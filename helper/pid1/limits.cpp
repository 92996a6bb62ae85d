#include "helper/pid1/limits.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>

#include "common/base/error.h"
#include "common/base/sys.h"

namespace rind {
namespace {

// The kernel counts queued signals and bytes of POSIX message queues for the user who made the
// step's user namespace, in the end the host's root. One step could use up all of them. These
// limits leave room for the timers of a build's processes and for one queue of the default size.
constexpr uint64_t kQueuedSignals = 1024;
constexpr uint64_t kQueueBytes = 100 * 1024;

// With a pipe in kernel.core_pattern, the kernel starts the core handler as root on the host even
// for a limit of 0. A limit of 1 prevents that (coredump(5)).
constexpr rlim_t kNoCore = 1;

struct rlimit current(int resource) {
  struct rlimit value = {};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &value) != 0) {
    throw_errno("get resource limits");
  }
  return value;
}

bool wants_no_core(const LimitRules& rules) { return rules.core == uint64_t{0}; }

void write_own(const char* path, const char* value) {
  const Fd file = sys::open(AT_FDCWD, path, O_WRONLY);
  sys::write_all(file.get(), value, path);
}

}  // namespace

std::vector<ResourceLimit> resource_limits(const LimitRules& rules) {
  std::vector<ResourceLimit> limits;
  const auto add = [&](int resource, const std::optional<uint64_t>& value) {
    if (!value) return;
    ResourceLimit limit = {resource, current(resource)};
    limit.value.rlim_max = std::min<rlim_t>(limit.value.rlim_max, *value);
    limit.value.rlim_cur = std::min(limit.value.rlim_cur, limit.value.rlim_max);
    limits.push_back(limit);
  };
  add(RLIMIT_NPROC, rules.processes);
  add(RLIMIT_NOFILE, rules.open_files);
  add(RLIMIT_AS, rules.address_space);
  add(RLIMIT_SIGPENDING, kQueuedSignals);
  add(RLIMIT_MSGQUEUE, kQueueBytes);
  if (!wants_no_core(rules)) add(RLIMIT_CORE, rules.core);
  return limits;
}

void set_process_limits(const LimitRules& rules, Notes& notes) {
  const auto want = [&](const char* what, const char* path, const char* value) {
    try {
      write_own(path, value);
    } catch (const SysError& e) {
      notes.push_back(std::string(what) + ": " + e.what());
    }
  };
  // The memory of private views belongs to no process, so the OOM killer would consider the front
  // end to be the largest one. The views are freed when the last process of the step ends.
  want("a higher OOM score than the front end's", "/proc/self/oom_score_adj", "1000");
  if (!wants_no_core(rules)) return;
  // The kernel checks the soft limit, which may be 0 in the container: raise it to 1 where the hard
  // limit allows that.
  const rlim_t core = std::min(kNoCore, current(RLIMIT_CORE).rlim_max);
  const struct rlimit value = {core, core};
  if (::setrlimit(RLIMIT_CORE, &value) != 0) throw_errno("set the limit of core dumps");
  if (core != kNoCore) want("empty core dumps", "/proc/self/coredump_filter", "0");
}

}  // namespace rind
