#include "helper/causes/denied_calls.h"

#include <linux/capability.h>
#include <sys/resource.h>

#include <cerrno>

#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

std::optional<Cause> cause(const std::string& call, int code, const std::string& path = "",
                           uint64_t capabilities = ~0ULL) {
  Scene scene;
  scene.policy.limits.processes = 40;
  return cause_of_call(scene.plan(), {FailedCall::Want::kCall, code, call, path, ""}, capabilities);
}

constexpr uint64_t kNone = 0;

}  // namespace

TEST_CASE("denied calls: what the filter denies is named with it") {
  for (const char* call : {"unshare", "keyctl", "mount", "chroot", "bpf"}) {
    const auto found = cause(call, EPERM);
    REQUIRE_MESSAGE(found, call);
    CHECK(contains(found->what, std::string("(") + call + ")"));
    CHECK(contains(found->what, "seccomp"));
    CHECK(found->line.empty());
  }
}

TEST_CASE("denied calls: what the builder could not do either is no cause") {
  CHECK_FALSE(cause("mount", EPERM, "/mnt", kNone));
  CHECK_FALSE(cause("setuid", EPERM, "5", kNone));
  CHECK_FALSE(cause("setpriority", EACCES, "", kNone));
  CHECK(cause("unshare", EPERM, "", kNone));
  CHECK_FALSE(cause("unshare", EINVAL));
}

TEST_CASE("denied calls: limits are named with a larger value") {
  const auto process = cause("fork", EAGAIN);
  REQUIRE(process);
  CHECK(contains(process->what, "limits.processes is 40"));
  CHECK(process->line == R"({"limits":{"processes":80}})");
  const auto raised = cause("setrlimit", EPERM, std::to_string(RLIMIT_NPROC));
  REQUIRE(raised);
  CHECK(contains(raised->what, "RLIMIT_NPROC"));
  CHECK_FALSE(cause("setrlimit", EPERM, std::to_string(RLIMIT_STACK)));
  CHECK_FALSE(cause("mmap", ENOMEM));
}

TEST_CASE("denied calls: another user, another process, a socket") {
  CHECK(contains(cause("setresuid", EINVAL, "65534")->what, "one user"));
  CHECK(contains(cause("kill", ESRCH, "77")->what, "process 77"));
  CHECK(contains(cause("socket", EAFNOSUPPORT, "38")->what, "AF_ALG"));
  CHECK(contains(cause("socket", EPERM, "2")->what, "CAP_NET_RAW"));
  CHECK_FALSE(cause("socket", EPERM, "2", kNone));
}

TEST_CASE("denied calls: those of another architecture, where the filter ends the process") {
  const auto found = cause(kForeignCall, ENOSYS, "/opt/tool");
  REQUIRE(found);
  CHECK(contains(found->what, "run /opt/tool: it makes system calls of another architecture"));
  CHECK(found->line == R"({"seccomp":"multiarch"})");
  Scene scene;
  scene.policy.seccomp = SeccompProfile::kMultiarch;
  CHECK_FALSE(cause_of_call(
      scene.plan(), {FailedCall::Want::kCall, ENOSYS, kForeignCall, "/opt/tool", ""}, ~0ULL));
}
