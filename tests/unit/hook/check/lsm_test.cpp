// What is said of security modules: on the host (hook/check/check_lsm.h) and in the container
// (helper/pid1/confinement.h).
#include <cerrno>

#include "helper/pid1/confinement.h"
#include "hook/check/check_lsm.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;
using rind::test::contains;

namespace {

using Outcome = Finding::State;
using Module = Confinement::Module;

constexpr const char* kHelper = "/usr/libexec/rind/rind";

SelinuxState good() { return {true, true, true, "system_u:object_r:rind_exec_t:s0"}; }

}  // namespace

TEST_CASE("lsm: SELinux is off, or Rind's module and label are there") {
  CHECK(judge_selinux({}, kHelper).state == Outcome::kOk);
  const Finding finding = judge_selinux(good(), kHelper);
  CHECK(finding.state == Outcome::kOk);
  CHECK(contains(finding.found, "rind_exec_t"));
}

TEST_CASE("lsm: without the module nothing is isolated") {
  SelinuxState state = good();
  state.module = false;
  const Finding finding = judge_selinux(state, kHelper);
  CHECK(finding.state == Outcome::kFailed);
  CHECK(contains(finding.remedy, "rind-selinux"));
  CHECK(contains(finding.remedy, "label=disable"));
  state.enforcing = false;
  CHECK(judge_selinux(state, kHelper).state == Outcome::kWarning);
}

TEST_CASE("lsm: the helper has another label, or none") {
  SelinuxState state = good();
  state.label = "system_u:object_r:bin_t:s0";
  CHECK(judge_selinux(state, kHelper).state == Outcome::kFailed);
  CHECK(contains(judge_selinux(state, kHelper).found, "bin_t"));
  CHECK(contains(judge_selinux(state, kHelper).remedy, "restorecon -v /usr/libexec/rind/rind"));
  state.label.clear();
  CHECK(contains(judge_selinux(state, kHelper).found, "no label"));
}

TEST_CASE("lsm: AppArmor's profiles") {
  CHECK(judge_apparmor(false, std::nullopt).state == Outcome::kOk);
  CHECK(judge_apparmor(true, std::nullopt).state == Outcome::kUnknown);
  const Finding without = judge_apparmor(true, "containers-default-0.50.1 (enforce)\n");
  CHECK(without.state == Outcome::kWarning);
  CHECK(contains(without.found, "containers-default is loaded"));
  CHECK(contains(without.remedy, "apparmor_parser -r"));
  CHECK(judge_apparmor(true, "not-rind-builder (enforce)\n").state == Outcome::kWarning);
  const Finding with = judge_apparmor(true, "crun (unconfined)\nrind-builder (enforce)\n");
  CHECK(with.state == Outcome::kOk);
  CHECK(contains(with.found, "apparmor=rind-builder"));
}

TEST_CASE("lsm: what confines a process") {
  const Confinement selinux =
      parse_confinement(std::string("system_u:system_r:container_t:s0:c1,c2") + '\0');
  CHECK(selinux.module == Module::kSelinux);
  CHECK(selinux.name == "container_t");
  const Confinement apparmor = parse_confinement("containers-default-0.50.1 (enforce)\n");
  CHECK(apparmor.module == Module::kAppArmor);
  CHECK(apparmor.name == "containers-default-0.50.1");
  CHECK(parse_confinement("unconfined\n").module == Module::kNone);
  CHECK(parse_confinement("some-profile (complain)\n").module == Module::kNone);
  CHECK(parse_confinement("").module == Module::kNone);
}

TEST_CASE("lsm: a mount that a module refused says which and what to do") {
  const SysError refused("create file system", "proc", EACCES);
  const Error selinux = blame_module(refused, {Module::kSelinux, "container_t"});
  CHECK(contains(selinux.what(), "SELinux denies mounts to the domain container_t"));
  CHECK(contains(selinux.remedy(), "rind-selinux"));
  const Error own = blame_module(refused, {Module::kSelinux, "rind_t"});
  CHECK(contains(own.remedy(), "audit log"));
  const Error apparmor =
      blame_module(SysError("mount on", "/tmp", EACCES), {Module::kAppArmor, "containers-default"});
  CHECK(contains(apparmor.what(), "the AppArmor profile containers-default denies mounts"));
  CHECK(contains(apparmor.remedy(), "apparmor=rind-builder"));
}

TEST_CASE("lsm: what no module refused stays what it is") {
  const Confinement selinux{Module::kSelinux, "container_t"};
  const auto same = [&](const SysError& error, const Confinement& confinement) {
    return std::string(blame_module(error, confinement).what()) == error.what();
  };
  CHECK(same(SysError("create file system", "proc", EPERM), selinux));
  CHECK(same(SysError("open", "/srv/x", EACCES), selinux));
  CHECK(same(SysError("create file system", "proc", EACCES), {}));
}
