#include "helper/plan/plan.h"

#include <algorithm>

#include "common/base/hash.h"
#include "common/base/json.h"
#include "helper/plan/explain.h"
#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

TEST_CASE("plan: what a step may see and write") {
  const Plan plan = Scene().plan();
  CHECK(view_at(plan, "/usr/lib") == "root");
  CHECK(view_at(plan, "/opt/app-root/lib") == "root");
  CHECK(view_at(plan, "/opt/app-root/src/.netrc") == "private");
  CHECK(view_at(plan, "/etc/builder/netrc") == "hidden");
  CHECK(view_at(plan, "/root/.ssh") == "hidden");
  CHECK(view_at(plan, "/run/docker.sock") == "hidden");
  CHECK(view_at(plan, kEnv + "/lib") == "ro");
  CHECK(view_at(plan, kSource + "/src") == "rw");
  CHECK(view_at(plan, "/tmp/tmpc/output.json") == "private");
  CHECK(view_at(plan, "/tmp/tmpother") == "private");
  CHECK(view_at(plan, "/opt/app-root/src/wheels/build") == "private");
  CHECK(view_at(plan, "/dev/null") == "devices");
  CHECK(view_at(plan, "/dev/rind") == "devices");
  CHECK(view_at(plan, "/dev/shm/x") == "private");
  CHECK(view_at(plan, "/proc/1") == "proc");
}

TEST_CASE("plan: other packages and the front end's own files are not there") {
  const Plan plan = Scene().plan();
  for (const char* path :
       {"/opt/app-root/src/jobs/pkg-1/build.log", "/opt/app-root/src/jobs/other-2",
        "/opt/app-root/src/wheels/downloads", "/opt/app-root/src/jobs"}) {
    CHECK_MESSAGE(view_at(plan, path) == "hidden", path);
  }
}

TEST_CASE("plan: other packages are not there, wherever the front end keeps them") {
  Scene scene;
  scene.step.build_environment = "/jobs/pkg-1/build-3.13";
  scene.step.source = "/jobs/pkg-1/pkg-1";
  CHECK(view_at(scene.plan(), "/jobs/other-2/other-2") == "hidden");
  CHECK(view_at(scene.plan(), "/jobs/pkg-1/build.log") == "hidden");
  CHECK(view_at(scene.plan(), "/jobs/pkg-1/build-3.13/lib") == "ro");
  CHECK(view_at(scene.plan(), "/jobs/pkg-1/pkg-1/x") == "rw");
  // Where something else lies beside them, only the rest of the own work directory.
  scene.call.environment.push_back("CMAKE_PREFIX_PATH=/jobs/deps/lib");
  CHECK(view_at(scene.plan(), "/jobs/deps/lib") == "root");
  CHECK(view_at(scene.plan(), "/jobs/pkg-1/build.log") == "hidden");
  // What the policy says of a path there holds, and is no reason to show the rest.
  Scene said;
  said.call.environment.push_back("SHARED=/jobs/shared/lib");
  said.step.build_environment = "/jobs/pkg-1/build-3.13";
  said.policy.views.emplace_back("/jobs/shared", ViewSpec{View::kRo});
  said.facts.paths["/jobs/shared"] = {directory("/jobs/shared")};
  CHECK(view_at(said.plan(), "/jobs/shared/x") == "ro");
  CHECK(view_at(said.plan(), "/jobs/other-2") == "hidden");
  // A directory that holds more than packages stays.
  said.step.build_environment = "/opt/pkg-1/build-3.13";
  CHECK(view_at(said.plan(), "/opt/rocm") == "root");
  CHECK(view_at(said.plan(), "/opt/pkg-1/build.log") == "hidden");
}

TEST_CASE("plan: views come outermost first, each way in is a mount point") {
  const Plan plan = Scene().plan();
  for (size_t i = 0; i < plan.views.size(); ++i) {
    for (size_t j = i + 1; j < plan.views.size(); ++j) {
      CHECK_FALSE(is_within(plan.views[i].path, plan.views[j].path));
    }
  }
  const PlannedView* home = planned(plan, "/opt/app-root/src");
  CHECK(home->view == View::kPrivate);
  CHECK(home->mode == 0700);
  CHECK(has_mount_point(home, "jobs"));
  CHECK(has_mount_point(home, "wheels"));
  // A write on the way to the sources fails; it does not vanish.
  const PlannedView* way = planned(plan, "/opt/app-root/src/jobs");
  REQUIRE(way != nullptr);
  CHECK(way->view == View::kHidden);
  CHECK(has_mount_point(way, "pkg-1/pkg-1"));
  CHECK(has_mount_point(way, "pkg-1/build-3.13"));
  CHECK(has_mount_point(planned(plan, "/tmp"), "tmpc"));
  CHECK(has_mount_point(planned(plan, "/dev"), "shm"));
}

TEST_CASE("plan: nothing is mounted that changes nothing") {
  const Plan plan = Scene().plan();
  CHECK(planned(plan, "/usr/lib") == nullptr);
  Scene outside;
  outside.extra = {{"/srv", View::kRo, true, false}};
  CHECK(planned(outside.plan(), "/srv") == nullptr);
}

TEST_CASE("plan: HOME wins over /root, and what is hidden in it stays so") {
  Scene scene;
  scene.facts.paths["$HOME"] = {directory("/root")};
  CHECK(view_at(scene.plan(), "/root/.netrc") == "private");
  scene.policy.views.emplace_back("/root/.cache", ViewSpec{View::kRw});
  scene.facts.paths["/root/.cache"] = {directory("/root/.cache")};
  CHECK(view_at(scene.plan(), "/root/.cache/x") == "rw");
  CHECK(view_at(scene.plan(), "/root/.ssh") == "private");
}

TEST_CASE("plan: a HOME of / covers nothing, and HOME is somewhere that exists") {
  Scene scene;
  scene.facts.paths["$HOME"] = {directory("/")};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/usr") == "root");
  CHECK(has_entry(plan.environment, "HOME=/tmp"));
}

TEST_CASE("plan: a HOME in the system's directories covers nothing") {
  Scene scene;
  scene.facts.paths["$HOME"] = {directory("/usr/sbin")};
  CHECK(view_at(scene.plan(), "/usr/sbin/x") == "root");
}

TEST_CASE("plan: an interpreter below something hidden is shown, and nothing beside it") {
  Scene scene;
  scene.facts.interpreter = {{"/root/.local/share/uv/python/cp313/bin", true},
                             {"/root/.local/share/uv/python/cp313/lib", true}};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/root/.local/share/uv/python/cp313/lib/x") == "ro");
  CHECK(view_at(plan, "/root/.local/share/keyrings") == "hidden");
  CHECK(has_mount_point(planned(plan, "/root"), ".local/share/uv/python/cp313/bin"));
}

TEST_CASE("plan: an interpreter directory that is itself what the policy hides stays hidden") {
  Scene scene;
  scene.facts.interpreter = {{"/opt/app-root/src", true}};
  CHECK(view_at(scene.plan(), "/opt/app-root/src/.netrc") == "private");
}

TEST_CASE("plan: a front end's directory must not be the one that the policy hides") {
  Scene scene;
  scene.step.outputs = {{"wheel_directory", "/opt/app-root/src", true}};
  CHECK(contains(error_of([&] { scene.plan(); }), "views.$HOME"));
  scene.step.outputs = {{"wheel_directory", "/tmp", true}};
  CHECK_FALSE(error_of([&] { scene.plan(); }).empty());
}

TEST_CASE("plan: what a variable hides is hidden under each of its values") {
  Scene scene;
  scene.facts.paths["$HOME"] = {directory("/nonsense"), directory("/opt/app-root/src", 0700)};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/opt/app-root/src/.netrc") == "hidden");
  CHECK(view_at(plan, "/nonsense/x") == "private");
  CHECK(has_entry(plan.environment, "HOME=/nonsense"));
}

TEST_CASE(
    "plan: a file that can be replaced is hidden with its directory, where the step can do "
    "without") {
  Scene scene;
  scene.facts.paths["$NETRC"][0].replaced_through = {"/etc/builder", "/secrets"};
  CHECK(view_at(scene.plan(), "/etc/builder/netrc.new") == "hidden");
  // A directory at the top holds more than a credential; only the file is hidden.
  CHECK(view_at(scene.plan(), "/secrets/x") == "root");
  scene.call.environment.push_back("CONFIGURATION=/x:/etc/builder/conf");
  CHECK(view_at(scene.plan(), "/etc/builder/netrc.new") == "root");
  scene.call.environment.pop_back();
  scene.call_facts.cwd = "/etc/builder/jobs";
  CHECK(view_at(scene.plan(), "/etc/builder/netrc.new") == "root");
  CHECK(view_at(scene.plan(), "/etc/builder/netrc") == "hidden");
  for (const char* needed : {"/usr/share/x", "/opt/app-root/src/jobs", "/tmp"}) {
    Scene other;
    other.facts.paths["$NETRC"][0].replaced_through = {needed};
    CHECK_MESSAGE(view_at(other.plan(), kSource + "/x") == "rw", needed);
    CHECK_MESSAGE(view_at(other.plan(), "/tmp/tmpc/x") == "private", needed);
    CHECK_MESSAGE(view_at(other.plan(), "/usr/share/x/y") == "root", needed);
  }
}

TEST_CASE("plan: a file below a variable's directory is hidden alone") {
  Scene scene;
  scene.policy.views.emplace_back("$CARGO_HOME/credentials", ViewSpec{View::kHidden});
  scene.facts.paths["$CARGO_HOME/credentials"] = {
      {PathFact::Type::kFile, "/var/cache/cargo/credentials", 0600, {"/var/cache/cargo"}}};
  CHECK(view_at(scene.plan(), "/var/cache/cargo/credentials") == "hidden");
  CHECK(view_at(scene.plan(), "/var/cache/cargo/registry") == "root");
}

TEST_CASE("plan: the container's TMPDIR stays usable for a step that was given another") {
  Scene scene;
  scene.facts.paths["$TMPDIR"] = {directory("/srv/tmp", 01777), directory("/tmp", 01777)};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/tmp/x") == "private");
  CHECK(view_at(plan, "/srv/tmp/x") == "private");
  CHECK(has_entry(plan.environment, "TMPDIR=/srv/tmp"));
}

TEST_CASE("plan: a link through something hidden is there for the step") {
  Scene scene;
  scene.facts.links = {{"/opt/app-root/src/current", "jobs"}, {"/usr/bin/python3", "python3.13"}};
  const Plan plan = scene.plan();
  const PlannedView* home = planned(plan, "/opt/app-root/src");
  const auto link = std::find_if(home->skeleton.begin(), home->skeleton.end(),
                                 [](const auto& p) { return p.path == "current"; });
  REQUIRE(link != home->skeleton.end());
  CHECK(link->type == PlannedView::MountPoint::kLink);
  CHECK(link->target == "jobs");
}

TEST_CASE("plan: the hook script is shown when it lies below something hidden") {
  Scene scene;
  scene.step.script = "/root/.local/share/uv/tools/f/_in_process.py";
  const Plan plan = scene.plan();
  CHECK(view_at(plan, scene.step.script) == "ro");
  CHECK_FALSE(planned(plan, scene.step.script)->directory);
  CHECK(view_at(plan, "/root/.local/share/uv/tools/f/other.py") == "hidden");
}

TEST_CASE("plan: a HOME that is /tmp is as large as /tmp") {
  Scene scene;
  scene.facts.paths["$HOME"] = {directory("/tmp", 01777)};
  const Plan plan = scene.plan();
  CHECK(planned(plan, "/tmp")->backing == Backing::kDisk);
  CHECK(planned(plan, "/tmp")->mode == 01777);
}

TEST_CASE("plan: of two private views for one path nothing that restricts is lost") {
  Scene scene;
  ViewSpec roomy = {View::kPrivate, Backing::kMemory, 8192};
  ViewSpec strict = {View::kPrivate, Backing::kMemory, 4096, true};
  scene.policy.views = {{"$HOME", roomy}, {"/tmp", strict}};
  scene.facts.paths["$HOME"] = {directory("/tmp", 01777)};
  CHECK(planned(scene.plan(), "/tmp")->noexec);
  CHECK(planned(scene.plan(), "/tmp")->size == 8192);
}

TEST_CASE("plan: what the policy hides inside of the sources is hidden") {
  Scene scene;
  scene.policy.views.emplace_back("$SECRET_DIR", ViewSpec{View::kHidden});
  scene.facts.paths["$SECRET_DIR"] = {directory(kSource + "/secret")};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, kSource + "/secret/x") == "hidden");
  CHECK(view_at(plan, kSource + "/x") == "rw");
}

TEST_CASE("plan: of two rules for one path the stricter holds, a variable's goes before a path's") {
  Scene scene;
  scene.policy.views = {{"/a", {View::kRw}}, {"/link-to-a", {View::kHidden}}};
  scene.facts.paths["/a"] = {directory("/a")};
  scene.facts.paths["/link-to-a"] = {directory("/a")};
  CHECK(view_at(scene.plan(), "/a/x") == "hidden");
  scene.policy.views.emplace_back("$A", ViewSpec{View::kRw});
  scene.facts.paths["$A"] = {directory("/a")};
  CHECK(view_at(scene.plan(), "/a/x") == "rw");
}

TEST_CASE("plan: sockets of the host are hidden wherever they are mounted") {
  Scene scene;
  scene.facts.manifest.sockets = {"/srv/podman.sock"};
  scene.facts.paths["/srv/podman.sock"] = {{PathFact::Type::kOther, "/srv/podman.sock", 0, {}}};
  CHECK(view_at(scene.plan(), "/srv/podman.sock") == "hidden");
  CHECK_FALSE(planned(scene.plan(), "/srv/podman.sock")->directory);
}

TEST_CASE("plan: a working directory that the step sees empty exists") {
  Scene scene;
  scene.call_facts.cwd = "/tmp/somewhere/deep";
  CHECK(has_mount_point(planned(scene.plan(), "/tmp"), "somewhere/deep"));
  scene.call_facts.cwd = "/opt/app-root/src";
  CHECK_FALSE(has_mount_point(planned(scene.plan(), "/opt/app-root/src"), ""));
}

TEST_CASE("plan: the command line goes before the policy, the step before both") {
  Scene scene;
  scene.extra = {{"/root", View::kRw, true}, {"/usr/share", View::kHidden, true}};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/root/x") == "rw");
  CHECK(view_at(plan, "/usr/share/x") == "hidden");
}

TEST_CASE("plan: the environment is that of the inside") {
  const Plan plan = Scene().plan();
  CHECK(has_entry(plan.environment, "HOME=/opt/app-root/src"));
  CHECK(has_entry(plan.environment, "TMPDIR=/tmp"));
  CHECK(has_entry(plan.environment, "CFLAGS=-O2"));
  for (const auto& entry : plan.environment) {
    CHECK(entry.rfind("TOKEN=", 0) != 0);
    CHECK(entry.rfind("NETRC=", 0) != 0);
  }
}

TEST_CASE("plan: with a deleting default only what the front end added stays") {
  Scene scene;
  scene.policy.environment.keep_by_default = false;
  scene.call.environment = {"OWN=1", "ADDED=1", "CHANGED=2"};
  scene.facts.manifest.environment = {{"OWN", sha256_hex("1")}, {"CHANGED", sha256_hex("1")}};
  const Plan plan = scene.plan();
  CHECK_FALSE(has_entry(plan.environment, "OWN=1"));
  CHECK(has_entry(plan.environment, "ADDED=1"));
  CHECK(has_entry(plan.environment, "CHANGED=2"));
}

TEST_CASE("plan: only what lies in /proc is masked there") {
  CHECK(Scene().plan().masked_proc == std::vector<std::string>{"/proc/kcore"});
}

TEST_CASE(
    "plan: hooks, pip and questions read no standard input, other commands that of their caller") {
  Scene scene;
  CHECK(scene.plan().null_stdin);
  scene.step.kind = Step::Kind::kInstall;
  CHECK(scene.plan().null_stdin);
  for (const auto kind : {Step::Kind::kEnvironment, Step::Kind::kCommand}) {
    scene.step.kind = kind;
    CHECK_FALSE(scene.plan().null_stdin);
    scene.call_facts.input_is_terminal = true;
    CHECK(scene.plan().null_stdin);
    scene.call_facts.input_is_terminal = false;
  }
  scene.step.kind = Step::Kind::kEnvironment;
  scene.step.asks_interpreter = true;
  CHECK(scene.plan().null_stdin);
}

TEST_CASE("plan: uid 0 without CAP_SETFCAP is an error with a remedy") {
  Scene scene;
  scene.facts.capabilities = ~(uint64_t{1} << 31);
  CHECK(contains(error_of([&] { scene.plan(); }), "SETFCAP"));
  scene.facts.uid = 1000;
  CHECK(error_of([&] { scene.plan(); }).empty());
}

TEST_CASE("explain: names of variables, never values") {
  Scene scene;
  scene.call.environment.push_back("SOME_TOKEN=RIND-SECRET-VALUE");
  scene.call.environment.push_back("KEPT=RIND-KEPT-VALUE");
  const Plan plan = scene.plan();
  const std::string json = explain_json(plan, &scene.step).dump();
  const std::string text = explain_text(plan, &scene.step);
  for (const auto& output : {json, text}) {
    CHECK(contains(output, "SOME_TOKEN"));
    CHECK_FALSE(contains(output, "RIND-SECRET-VALUE"));
    CHECK_FALSE(contains(output, "RIND-KEPT-VALUE"));
  }
}

TEST_CASE("plan: what hide names is hidden with all that views would show in it") {
  Scene scene;
  const auto rule = [&](const std::string& key, View view, const std::string& path) {
    scene.policy.views.emplace_back(key, ViewSpec{view});
    scene.facts.paths[key] = {directory(path)};
  };
  rule("/data", View::kRo, "/data");
  rule("/data/deeper", View::kRw, "/data/deeper");
  rule("/link", View::kRo, "/data/behind-a-link");
  rule("$MODELS", View::kRo, "/data/models");
  rule("/database", View::kRw, "/database");
  scene.policy.views.back().second.lend = true;
  for (const char* shown : {"/data/x", "/data/models/x", "/data/behind-a-link/x"}) {
    CHECK_MESSAGE(view_at(scene.plan(), shown) == "root", shown);  // as the root is: read-only
  }
  CHECK(view_at(scene.plan(), "/data/deeper/x") == "rw");

  scene.policy.hide = {"/data"};
  const Plan plan = scene.plan();
  for (const char* path : {"/data", "/data/deeper/x", "/data/behind-a-link", "/data/models/x"}) {
    CHECK_MESSAGE(view_at(plan, path) == "hidden", path);
  }
  CHECK(view_at(plan, "/database/x") == "rw");
  CHECK(planned(plan, "/data")->rule == "hide /data");

  // By a link to it, and from further in, too.
  scene.policy.hide = {"/link", "/data/deeper"};
  scene.facts.paths["/link"] = {directory("/data/behind-a-link")};
  CHECK(view_at(scene.plan(), "/data/behind-a-link/x") == "hidden");
  CHECK(view_at(scene.plan(), "/data/deeper/x") == "hidden");
  CHECK(view_at(scene.plan(), "/data/x") == "root");
}

TEST_CASE("plan: what hide names is not lent, and stronger than a private view") {
  Scene scene;
  scene.give_ids();
  ViewSpec lent{View::kRw};
  lent.lend = true;
  scene.policy.views.emplace_back("/data/cache", lent);
  scene.facts.paths["/data"] = {directory("/data")};
  scene.facts.paths["/data/cache"] = {directory("/data/cache")};
  const auto is_lent = [](const Plan& plan) {
    return std::any_of(plan.lent.begin(), plan.lent.end(),
                       [](const auto& tree) { return tree.path == "/data/cache"; });
  };
  CHECK(is_lent(scene.plan()));
  scene.policy.hide = {"/data", "/var/tmp"};
  CHECK_FALSE(is_lent(scene.plan()));
  CHECK(view_at(scene.plan(), "/var/tmp") == "hidden");
}

TEST_CASE("plan: a step that works in what hide names is refused, one below it works") {
  Scene scene;
  scene.facts.paths["/opt/app-root/src/jobs"] = {directory("/opt/app-root/src/jobs")};
  scene.policy.hide = {"/opt/app-root/src/jobs"};
  CHECK(view_at(scene.plan(), kSource + "/x") == "rw");
  scene.facts.paths[kSource] = {directory(kSource)};
  scene.policy.hide = {kSource};
  CHECK(contains(error_of([&] { scene.plan(); }), "hide"));
}
