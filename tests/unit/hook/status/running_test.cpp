// Containers that run, as conmon and the runtimes tell of them.
#include "hook/status/running.h"

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::hook;

TEST_CASE("running: what conmon's command line says") {
  const auto call =
      conmon_call({"/usr/bin/conmon", "--api-version", "1", "-c", "abc", "-u", "abc", "-r",
                   "/usr/bin/crun", "-b", "/var/x/userdata", "-p", "/run/x/pidfile", "-n", "name",
                   "--exit-command", "/usr/bin/podman", "--exit-command-arg", "--root"});
  REQUIRE(call.has_value());
  CHECK(call->id == "abc");
  CHECK(call->bundle == "/var/x/userdata");
  CHECK(call->pid_file == "/run/x/pidfile");
  CHECK(call->engine == "podman");
}

TEST_CASE("running: no conmon, one of an exec session, one without a pid file") {
  CHECK_FALSE(conmon_call({}).has_value());
  CHECK_FALSE(conmon_call({"/usr/bin/sleep", "-b", "/b", "-p", "/p"}).has_value());
  CHECK_FALSE(conmon_call({"conmon", "-b", "/b", "-p", "/p", "-e", "--exec-attach"}).has_value());
  CHECK_FALSE(conmon_call({"conmon", "-b", "/b"}).has_value());
  CHECK_FALSE(conmon_call({"conmon", "-b", "/b", "-p"}).has_value());
}

TEST_CASE("running: the states that crun and runc leave") {
  const auto crun = running_by_state(
      parse_json(R"({"pid": 7, "bundle": "/b", "rootfs": "/r"})", "s"), "buildah-buildah12");
  REQUIRE(crun.has_value());
  CHECK(crun->pid == 7);
  CHECK(crun->bundle == "/b");
  CHECK(crun->engine == "buildah");
  const auto runc = running_by_state(
      parse_json(R"({"init_process_pid": 8, "config": {"labels": ["a=b", "bundle=/c"]}})", "s"),
      "id");
  REQUIRE(runc.has_value());
  CHECK(runc->pid == 8);
  CHECK(runc->bundle == "/c");
  CHECK(runc->engine.empty());
  CHECK_FALSE(running_by_state(parse_json("{}", "s"), "id").has_value());
  CHECK_FALSE(running_by_state(parse_json(R"({"pid": 0})", "s"), "id").has_value());
  CHECK_FALSE(running_by_state(parse_json("[]", "s"), "id").has_value());
}
