// Did a step get what its plan says?
#include "helper/tools/judge_probe.h"

#include "common/base/json.h"
#include "tests/unit/support.h"

using namespace rind;
using Outcome = Finding::State;

namespace {

Seen builder() {
  Seen seen;
  for (const char* name : {"user", "mnt", "pid", "net", "ipc", "uts"}) seen.namespaces[name] = "b";
  seen.seccomp = 2;
  seen.filters = 1;
  return seen;
}

Seen step() {
  Seen seen;
  for (const char* name : {"user", "mnt", "pid", "net", "ipc", "uts"}) seen.namespaces[name] = "s";
  seen.outer_uid = seen.outer_gid = 61200;
  seen.capabilities = {{"CapEff", 0}, {"CapBnd", 0}};
  seen.no_new_privs = true;
  seen.seccomp = 2;
  seen.filters = 2;
  seen.root_read_only = seen.proc_read_only = true;
  seen.processes = {1, 2};
  seen.interfaces = {"lo"};
  seen.home = "/root";
  seen.environment_readable = true;
  return seen;
}

Plan plan() {
  Plan plan;
  plan.identity.mode = PlannedIdentity::Mode::kEphemeral;
  plan.uid = plan.gid = 61200;
  PlannedView home;
  home.path = "/root";
  home.view = View::kPrivate;
  plan.views.push_back(home);
  return plan;
}

Outcome state_of(const std::string& id, const Plan& planned, const Seen& seen) {
  for (const auto& finding : judge_step(planned, builder(), seen)) {
    if (finding.id == id) return finding.state;
  }
  return Outcome::kUnknown;
}

}  // namespace

TEST_CASE("judge: a step that got everything") {
  CHECK_FALSE(any_failed(judge_step(plan(), builder(), step())));
  CHECK(judge_step(plan(), builder(), step()).size() == 9);
}

TEST_CASE("judge: each thing that it did not get") {
  const auto failed_with = [](const std::string& id, auto change) {
    Seen seen = step();
    change(seen);
    return state_of(id, plan(), seen) == Outcome::kFailed;
  };
  CHECK(failed_with("step.namespaces", [](Seen& s) { s.namespaces["ipc"] = "b"; }));
  CHECK(failed_with("step.namespaces", [](Seen& s) { s.namespaces.erase("pid"); }));
  CHECK(failed_with("step.namespaces", [](Seen& s) { s.namespaces["net"] = "b"; }));
  CHECK(failed_with("step.identity", [](Seen& s) { s.outer_uid = 0; }));
  CHECK(failed_with("step.identity", [](Seen& s) { s.outer_gid = 0; }));
  CHECK(failed_with("step.identity", [](Seen& s) { s.uid = 61200; }));
  CHECK(failed_with("step.privileges", [](Seen& s) { s.capabilities["CapBnd"] = 1; }));
  CHECK(failed_with("step.privileges", [](Seen& s) { s.capabilities.clear(); }));
  CHECK(failed_with("step.privileges", [](Seen& s) { s.no_new_privs = false; }));
  CHECK(failed_with("step.seccomp", [](Seen& s) { s.seccomp = 0; }));
  CHECK(failed_with("step.seccomp", [](Seen& s) { s.filters = 1; }));
  CHECK(failed_with("step.root", [](Seen& s) { s.root_read_only = false; }));
  CHECK(failed_with("step.proc", [](Seen& s) { s.processes = {1, 2, 77}; }));
  CHECK(failed_with("step.proc", [](Seen& s) { s.proc_read_only = false; }));
  CHECK(failed_with("step.home", [](Seen& s) { s.home_entries = {".netrc"}; }));
  CHECK(failed_with("step.network", [](Seen& s) { s.interfaces = {"lo", "eth0"}; }));
}

TEST_CASE("judge: what the policy asked for is no failure") {
  Plan with_network = plan();
  with_network.network = Network::kContainer;
  with_network.namespaces = namespaces_of_step(Network::kContainer);
  Seen seen = step();
  seen.namespaces["net"] = "b";
  seen.interfaces = {"lo", "eth0"};
  CHECK_FALSE(any_failed(judge_step(with_network, builder(), seen)));
  CHECK(state_of("step.network", with_network, seen) == Outcome::kWarning);

  // The way to what is shown further in is no secret.
  Plan with_way = plan();
  with_way.views.push_back({});
  with_way.views.back().path = "/root/jobs/pkg";
  seen = step();
  seen.home_entries = {"jobs"};
  CHECK(state_of("step.home", with_way, seen) == Outcome::kOk);
  CHECK(state_of("step.home", plan(), seen) == Outcome::kFailed);
}

TEST_CASE("seen: what is written is read") {
  const Seen seen = parse_seen(to_json(step()), "x");
  CHECK(seen.namespaces == step().namespaces);
  CHECK(seen.capabilities == step().capabilities);
  CHECK(seen.processes == step().processes);
  CHECK(seen.interfaces == step().interfaces);
  CHECK(seen.no_new_privs);
  Json more = to_json(step());
  more["more"] = 1;
  CHECK_FALSE(test::error_of([&] { parse_seen(more, "x"); }).empty());
}
