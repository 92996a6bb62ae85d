#include "helper/pid1/limits.h"

#include <sys/wait.h>
#include <unistd.h>

#include "common/base/sys.h"
#include "helper/facts/cgroup.h"
#include "helper/plan/process_share.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

using Paths = std::vector<std::string>;

// The value that `rules` make of a limit, in this process.
rlim_t soft_limit(const LimitRules& rules, int resource) {
  for (const auto& limit : resource_limits(rules)) {
    if (limit.resource == resource) return limit.value.rlim_cur;
  }
  return RLIM_INFINITY;
}

// What set_process_limits makes of the soft limit of cores, in a process of its own.
int core_limit_set(const LimitRules& rules) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    Notes notes;
    set_process_limits(rules, notes);
    struct rlimit limit = {};
    ::getrlimit(RLIMIT_CORE, &limit);
    ::_exit(limit.rlim_cur == limit.rlim_max ? static_cast<int>(limit.rlim_cur) : 77);
  }
  const int status = sys::wait_for(pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// For as long as it lives, this process's soft limit is another.
class SoftLimit {
 public:
  SoftLimit(__rlimit_resource resource, rlim_t value) : resource_(resource) {
    ::getrlimit(resource, &before_);
    const struct rlimit changed = {value, before_.rlim_max};
    ::setrlimit(resource, &changed);
  }
  ~SoftLimit() { ::setrlimit(resource_, &before_); }
  SoftLimit(const SoftLimit&) = delete;
  SoftLimit& operator=(const SoftLimit&) = delete;

 private:
  __rlimit_resource resource_;
  struct rlimit before_ = {};
};

}  // namespace

// 0 lets the kernel start a core handler, 1 does not; so it is raised to that.
TEST_CASE("limits: no core is a limit of one byte, whatever the soft limit was") {
  LimitRules rules;
  rules.core = 0;
  struct rlimit now = {};
  ::getrlimit(RLIMIT_CORE, &now);
  REQUIRE(now.rlim_max >= 1);
  for (const rlim_t before : {rlim_t{0}, now.rlim_max}) {
    const SoftLimit soft(RLIMIT_CORE, before);
    CHECK(core_limit_set(rules) == 1);
  }
  const SoftLimit soft(RLIMIT_CORE, 0);
  rules.core = 4096;
  CHECK(soft_limit(rules, RLIMIT_CORE) == 0);
  rules.core = std::nullopt;
  CHECK(soft_limit(rules, RLIMIT_CORE) == RLIM_INFINITY);
}

TEST_CASE("limits: what the kernel counts for the whole machine has one, and lower ones stay") {
  const LimitRules rules;
  CHECK(soft_limit(rules, RLIMIT_SIGPENDING) <= 1024);
  CHECK(soft_limit(rules, RLIMIT_MSGQUEUE) <= 102400);
  const SoftLimit signals(RLIMIT_SIGPENDING, 7);
  CHECK(soft_limit(rules, RLIMIT_SIGPENDING) == 7);
}

TEST_CASE("limits: the front end keeps half of the container's processes") {
  CHECK(processes_beside_others(16384, 2048) == 1024);
  CHECK(processes_beside_others(100, 2048) == 100);
  CHECK(processes_beside_others(16384, 1000000) == 16384);
  // Half of a few would not be enough for a compiler.
  CHECK(processes_beside_others(16384, 20) == 16);
  CHECK(processes_beside_others(16384, 9) == 9);
}

TEST_CASE("limits: a plan has the lower limit of processes, and knows why") {
  Scene scene;
  scene.give_ids();
  scene.policy.limits.processes = 16384;
  CHECK(scene.plan().limits.processes == uint64_t{16384});
  CHECK(scene.plan().pids_max == 0);
  scene.facts.pids_max = 2048;
  CHECK(scene.plan().limits.processes == uint64_t{1024});
  CHECK(scene.plan().pids_max == 2048);
  scene.policy.limits.processes = 1000;
  CHECK(scene.plan().limits.processes == uint64_t{1000});
  CHECK(scene.plan().pids_max == 0);
  // `inherit`: what the container allows.
  scene.policy.limits.processes = std::nullopt;
  CHECK(!scene.plan().limits.processes);
}

TEST_CASE("limits: a private view in memory is not larger than the container's own tmpfs") {
  Scene scene;
  const auto size_of = [](const Plan& plan, const std::string& path) {
    const PlannedView* view = deciding_view(plan, path);
    return view == nullptr ? 0 : view->size;
  };
  CHECK(size_of(scene.plan(), "/dev/shm") == 1073741824);
  scene.facts.paths["/dev/shm"].front().tmpfs_bytes = 65536000;
  CHECK(size_of(scene.plan(), "/dev/shm") == 65536000);
  scene.facts.paths["/dev/shm"].front().tmpfs_bytes = uint64_t{1} << 40;
  CHECK(size_of(scene.plan(), "/dev/shm") == 1073741824);
}

TEST_CASE("cgroup: where a limit of processes may stand") {
  CHECK(pids_files("0::/\n") ==
        Paths{"/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/unified/pids.max"});
  CHECK(pids_files("0::/a/b\n") ==
        Paths{"/sys/fs/cgroup/a/b/pids.max", "/sys/fs/cgroup/a/pids.max", "/sys/fs/cgroup/pids.max",
              "/sys/fs/cgroup/unified/a/b/pids.max", "/sys/fs/cgroup/unified/a/pids.max",
              "/sys/fs/cgroup/unified/pids.max"});
  CHECK(pids_files("4:memory:/x\n8:pids:/c\n9:name=systemd:/y\n") ==
        Paths{"/sys/fs/cgroup/pids/c/pids.max", "/sys/fs/cgroup/pids/pids.max"});
  CHECK(pids_files("3:cpu,pids:/\n") == Paths{"/sys/fs/cgroup/cpu,pids/pids.max"});
  // Outside of the cgroup namespace.
  CHECK(pids_files("8:pids:/../../other\n") == Paths{"/sys/fs/cgroup/pids/pids.max"});
  CHECK(pids_files("8:pids:/a/../../other\n") == Paths{"/sys/fs/cgroup/pids/pids.max"});
  CHECK(pids_files("") == Paths{});
  CHECK(pids_files("garbage\n::\n:\n0::relative\n8:pids:x/y\n8:/..,pids:/c\n").empty());
}
