// What a plan says beside what is seen: what is lent, what comes out, limits, ways for another uid.
#include <algorithm>

#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

namespace {

std::vector<std::string> lent_paths(const Plan& plan) {
  std::vector<std::string> paths;
  for (const auto& tree : plan.lent) paths.push_back(tree.path);
  return paths;
}

Scene ephemeral() {
  Scene scene;
  scene.give_ids();
  return scene;
}

}  // namespace

TEST_CASE(
    "lent: the sources, pip's log and a hook's input; nothing to a step with the own number") {
  Scene scene = ephemeral();
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource});
  scene.step.log = "/opt/app-root/src/jobs/pkg-1/build.log";
  scene.step.outputs.push_back({"metadata_directory", "/tmp/tmpm", false});
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource, scene.step.log, "/tmp/tmpm"});
  scene.policy.identity.ephemeral = Want::kNone;
  CHECK(scene.plan().lent.empty());
}

TEST_CASE("lent: what a person makes writable, with third owners refused") {
  Scene scene = ephemeral();
  scene.extra = {{"/srv/data", View::kRw, true, false}, {"/srv/models", View::kRo, true, false}};
  const Plan plan = scene.plan();
  CHECK(lent_paths(plan) == std::vector<std::string>{kSource, "/srv/data"});
  CHECK(plan.lent[0].made_for_step);
  CHECK_FALSE(plan.lent[1].made_for_step);
}

TEST_CASE("lent: a policy's rw view only where it says so, and no tree within another") {
  Scene scene = ephemeral();
  ViewSpec rw{View::kRw};
  scene.policy.views.emplace_back("/srv/data", rw);
  scene.facts.paths["/srv/data"] = {directory("/srv/data")};
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource});
  scene.policy.views.back().second.lend = true;
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource, "/srv/data"});
  scene.facts.paths["/srv/data"] = {directory(kSource + "/data")};
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource});
}

TEST_CASE("repository: seen, read-only, and lent where other users cannot read it") {
  const std::string home = "/opt/app-root/src", top = home + "/jobs";
  Scene scene = ephemeral();
  scene.facts.repository.top = top;
  scene.facts.repository.directories = {"/root/main/.git"};
  CHECK(view_at(scene.plan(), top) == "ro");
  CHECK(view_at(scene.plan(), kSource) == "rw");
  CHECK(view_at(scene.plan(), "/root/main/.git") == "ro");
  CHECK(view_at(scene.plan(), "/root/main") == "hidden");
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource});
  scene.facts.repository.closed = true;
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{top});
  scene.facts.closed[top] = {0, 0};
  CHECK(view_at(scene.plan(), top) == "ro");
  scene.policy.hide = {top};
  scene.facts.paths[top] = {directory(top)};
  CHECK(view_at(scene.plan(), top) == "hidden");
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource});
}

TEST_CASE("repository: one that holds what the policy hides with the sources in it is not seen") {
  Scene scene = ephemeral();
  scene.facts.repository.closed = true;
  for (const char* top : {"/opt/app-root/src", "/opt/app-root", "/opt"}) {
    CAPTURE(top);
    scene.facts.repository.top = top;
    CHECK(view_at(scene.plan(), "/opt/app-root/src") == "private");
  }
}

TEST_CASE("repository: what it names out of sight is said") {
  Scene scene = ephemeral();
  scene.facts.repository.top = kSource;
  scene.facts.repository.elsewhere = {"/root/secret", "/srv/seen"};
  const Plan plan = scene.plan();
  REQUIRE(plan.closed.size() == 1);
  CHECK(plan.closed[0].find("/root/secret") != std::string::npos);
  CHECK(view_at(plan, "/root/secret") == "hidden");
}

TEST_CASE("lent: not a tree on a read-only mount, but the writable mounts inside") {
  Scene scene = ephemeral();
  scene.facts.inner_mounts = {{kSource + "/cache", "ext4"}, {kSource + "/ro", "ext4", true, true}};
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource, kSource + "/cache"});
  CHECK(scene.plan().lent.back().is_inner_mount);
  CHECK(scene.plan().absent.empty());
  scene.facts.read_only = {kSource};
  CHECK(lent_paths(scene.plan()) == std::vector<std::string>{kSource + "/cache"});
  scene.policy.identity.ephemeral = Want::kNone;
  CHECK(scene.plan().lent.empty());
}

TEST_CASE("lent: no mount that may be a secret, belongs to the kernel, or is hidden") {
  Scene scene = ephemeral();
  scene.facts.inner_mounts = {{kSource + "/file", "ext4", false},
                              {kSource + "/proc", "proc"},
                              {kSource + "/closed", "ext4", true, false, true},
                              {kSource + "/hidden", "ext4"}};
  scene.policy.hide = {kSource + "/hidden"};
  scene.facts.paths[kSource + "/hidden"] = {directory(kSource + "/hidden")};
  const Plan plan = scene.plan();
  CHECK(lent_paths(plan) == std::vector<std::string>{kSource});
  CHECK(plan.absent.size() == 3);
  CHECK(contains(plan.absent.at(0), "write access to " + kSource + "/file: it is a single file"));
}

TEST_CASE("sources: closed ones on a read-only mount are an error for a step with its own uid") {
  Scene scene = ephemeral();
  scene.facts.read_only = {kSource};
  scene.facts.unreadable = {kSource + "/f"};
  CHECK(contains(scene.plan().closed.at(0), kSource + "/f"));
  scene.facts.unreadable = {kSource};
  CHECK(contains(error_of([&] { scene.plan(); }), "read-only mount, and other users"));
  scene.policy.identity.ephemeral = Want::kNone;
  CHECK(error_of([&] { scene.plan(); }).empty());
}

TEST_CASE("sources: a project file is no link to what the policy hides") {
  Scene scene = ephemeral();
  scene.facts.project_links = {{kSource + "/setup.py", "/srv/common/setup.py"}};
  CHECK(error_of([&] { scene.plan(); }).empty());
  scene.facts.project_links = {{kSource + "/setup.py", "/opt/app-root/src/.netrc"}};
  CHECK(contains(error_of([&] { scene.plan(); }),
                 "setup.py is a link to /opt/app-root/src/.netrc, which is private"));
}

TEST_CASE("lent: TMPDIR is not where a step with a uid of its own cannot write") {
  Scene scene = ephemeral();
  scene.policy.views.emplace_back("/scratch", ViewSpec{View::kRw});
  scene.facts.paths["/scratch"] = {directory("/scratch")};
  scene.policy.views.erase(std::find_if(scene.policy.views.begin(), scene.policy.views.end(),
                                        [](const auto& v) { return v.first == "$TMPDIR"; }));
  scene.facts.paths["$TMPDIR"] = {directory("/scratch")};
  CHECK(has_entry(scene.plan().environment, "TMPDIR=/tmp"));
  scene.policy.views.back().second.lend = true;
  CHECK(has_entry(scene.plan().environment, "TMPDIR=/scratch"));
}

TEST_CASE("outputs: a private directory in place of each that the hook writes") {
  Scene scene;
  scene.step.outputs.push_back({"metadata_directory", "/tmp/tmpm", false});
  const Plan plan = scene.plan();
  REQUIRE(plan.outputs.size() == 2);
  CHECK(plan.outputs[0].kind == PlannedOutput::Kind::kControl);
  CHECK(plan.outputs[1].kind == PlannedOutput::Kind::kWheel);
  const PlannedView* wheels = planned(plan, "/opt/app-root/src/wheels/build");
  CHECK(wheels->view == View::kPrivate);
  CHECK(wheels->backing == Backing::kDisk);
  // Inside the private /tmp it would be one of many; the supervisor looks into this one.
  CHECK(planned(plan, "/tmp/tmpc")->output);
  CHECK(view_at(plan, "/tmp/tmpm/x") == "ro");
}

TEST_CASE("outputs: kinds follow from the kwarg") {
  Scene scene;
  scene.step.outputs = {{"sdist_directory", "/tmp/s", true}};
  CHECK(scene.plan().outputs[1].kind == PlannedOutput::Kind::kSdist);
  scene.step.outputs = {{"metadata_directory", "/tmp/s", true}};
  CHECK(scene.plan().outputs[1].kind == PlannedOutput::Kind::kMetadata);
  scene.step.control.clear();
  scene.step.outputs = {{"--wheel-dir", "/tmp/s", true}};
  CHECK(scene.plan().outputs[0].kind == PlannedOutput::Kind::kWheel);
}

TEST_CASE("outputs: what may be replaced, and what is written in place") {
  Scene scene;
  scene.step.package = "pkg-1.0";
  CHECK(scene.plan().outputs[1].may_replace);
  scene.step.package = "work";
  CHECK_FALSE(scene.plan().outputs[1].may_replace);
  scene.step.outputs[0].packages_own = true;
  CHECK(scene.plan().outputs[1].may_replace);
  scene.step.outputs = {{"wheel_directory", kSource, true, true, true}};
  const Plan plan = scene.plan();
  CHECK(plan.outputs[1].in_place);
  CHECK(view_at(plan, kSource + "/setup.py") == "rw");
  CHECK_FALSE(planned(plan, kSource)->output);
}

TEST_CASE("closed: a directory that only the builder may search becomes a way") {
  Scene scene = ephemeral();
  scene.step.source = "/volumes/pkg-1/pkg-1";
  scene.facts.closed["/volumes"] = {0, 0};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/volumes/other") == "hidden");
  CHECK(view_at(plan, "/volumes/pkg-1/pkg-1/setup.py") == "rw");
  CHECK(has_mount_point(planned(plan, "/volumes"), "pkg-1/pkg-1"));
  // With the builder's own number it is no obstacle, and nothing is hidden by it.
  scene.policy.identity.ephemeral = Want::kNone;
  CHECK(view_at(scene.plan(), "/volumes/other") == "root");
}

TEST_CASE("closed: what is private stays so, what leads nowhere is left alone") {
  Scene scene = ephemeral();
  scene.facts.closed["/opt/app-root/src"] = {0, 0};  // HOME
  scene.facts.closed["/srv/closed"] = {0, 0};
  const Plan plan = scene.plan();
  CHECK(planned(plan, "/opt/app-root/src")->view == View::kPrivate);
  CHECK(planned(plan, "/srv/closed") == nullptr);
}

TEST_CASE("closed: the sources' own directories are lent, and no way") {
  Scene scene = ephemeral();
  scene.facts.closed[kSource] = {0, 0};
  scene.facts.closed[kSource + "/private"] = {0, 0};
  scene.call_facts.cwd = kSource + "/private";
  const Plan plan = scene.plan();
  CHECK(view_at(plan, kSource + "/private/x") == "rw");
}

TEST_CASE("closed: the working directory itself, where the step sees it empty") {
  Scene scene = ephemeral();
  scene.call_facts.cwd = "/volumes/tmp";
  scene.facts.closed["/volumes/tmp"] = {0, 0};
  CHECK(planned(scene.plan(), "/volumes/tmp")->view == View::kHidden);
}

TEST_CASE("closed: a third owner's rights are needed to pass its directory") {
  Scene scene = ephemeral();
  scene.step.source = "/volume/pkg-1/pkg-1";
  scene.facts.closed["/volume"] = {1000, 100};
  scene.facts.closed["/other"] = {1001, 101};
  const Plan plan = scene.plan();
  REQUIRE(plan.identity.also_mapped.size() == 1);
  CHECK(plan.identity.also_mapped[0] == Owner{1000, 100});
}

TEST_CASE("cow: reads through, also a part of a private HOME; a file is read-only instead") {
  Scene scene;
  const ViewSpec cow = {View::kCow, Backing::kMemory, 4096, false, false, 7, CowFallback::kPrivate};
  scene.policy.views = {{"$HOME", {View::kPrivate, Backing::kMemory, 4096}},
                        {"/opt/app-root/src/cache", cow},
                        {"/etc/one", cow}};
  scene.facts.paths["/opt/app-root/src/cache"] = {directory("/opt/app-root/src/cache")};
  scene.facts.paths["/etc/one"] = {{PathFact::Type::kFile, "/etc/one", 0644, {}}};
  const Plan plan = scene.plan();
  const PlannedView* cache = planned(plan, "/opt/app-root/src/cache");
  REQUIRE(cache != nullptr);
  CHECK(cache->view == View::kCow);
  CHECK(cache->directories == 7);
  CHECK(cache->fallback == CowFallback::kPrivate);
  CHECK(view_at(plan, "/etc/one") == "root");
}

TEST_CASE("noexec: changes a view of the same kind, and is not handed on") {
  Scene scene;
  scene.extra = {{"/srv", View::kRo, true, true}, {"/srv/bin", View::kRo, true, false}};
  const Plan plan = scene.plan();
  CHECK(planned(plan, "/srv")->noexec);
  REQUIRE(planned(plan, "/srv/bin") != nullptr);
  CHECK_FALSE(planned(plan, "/srv/bin")->noexec);
}

TEST_CASE("replace_policy: nothing is shown but what is named, and the step's own") {
  Scene scene;
  scene.replace_policy = true;
  scene.facts.top_level = {{"/etc"}, {"/usr"},  {"/opt"},        {"/tmp"},
                           {"/dev"}, {"/proc"}, {"/key", false}, {"/.ssh"}};
  scene.extra = {{"/usr", View::kRo, true, false}};
  // Inside what is named, `hide` and the host's sockets stay out of sight.
  scene.policy.hide = {"/usr/secret"};
  scene.facts.paths["/usr/secret"] = {directory("/usr/secret")};
  scene.facts.manifest.sockets = {"/usr/engine.sock"};
  scene.facts.paths["/usr/engine.sock"] = {{PathFact::Type::kOther, "/usr/engine.sock", 0666, {}}};
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/etc/builder/netrc") == "hidden");
  CHECK(view_at(plan, "/usr/lib") == "root");
  CHECK(view_at(plan, "/usr/secret/x") == "hidden");
  CHECK(view_at(plan, "/usr/engine.sock") == "hidden");
  CHECK(view_at(plan, "/.ssh/id_rsa") == "hidden");
  REQUIRE(planned(plan, "/key") != nullptr);
  CHECK_FALSE(planned(plan, "/key")->directory);
  CHECK(view_at(plan, kSource + "/x") == "rw");
  CHECK(view_at(plan, "/opt/app-root/src/.netrc") == "hidden");
  CHECK(view_at(plan, "/dev/null") == "devices");
}

TEST_CASE("limits: of processes there is none for the host's root") {
  Scene scene;
  scene.policy.identity.ephemeral = Want::kNone;
  scene.facts.uid_map = scene.facts.gid_map = {{0, 0, 4294967295}};
  CHECK(contains(scene.plan().absent.at(0), "processes"));
  scene.policy.limits.processes_required = true;
  CHECK(contains(error_of([&] { scene.plan(); }), "limit the step's processes"));
  // Rootless: the container's root is an ordinary user outside.
  scene.facts.uid_map = {{0, 1000, 1}};
  CHECK(error_of([&] { scene.plan(); }).empty());
  CHECK(scene.plan().absent.empty());
  scene.facts.uid_map = {{0, 0, 4294967295}};
  scene.policy.identity.ephemeral = Want::kRequired;
  CHECK(error_of([&] { scene.plan(); }).empty());
}

TEST_CASE("named: what the call names is shown, and nothing of what is hidden") {
  Scene scene;
  scene.facts.named = {{"/root/.cache/uv/.tmpX"},
                       {"/root"},
                       {"/root/.netrc", false, "password", "/root"},
                       {"/srv/front/reqs.txt", false, "x==1", "/srv/front"},
                       {"/data/keys/one", false}};
  CHECK(view_at(scene.plan(), "/root/.cache/uv/.tmpX/asked.py") == "ro");
  CHECK(view_at(scene.plan(), "/data/keys/one") == "root");
  CHECK(planned(scene.plan(), "/srv/front/reqs.txt")->content == "x==1");
  // A call that names just what the policy hides has not asked for the files in it.
  CHECK(view_at(scene.plan(), "/root/.netrc") == "hidden");
  // `hide` is stronger than what a call names.
  scene.policy.hide = {"/data"};
  scene.facts.paths["/data"] = {directory("/data")};
  CHECK(view_at(scene.plan(), "/data/keys/one") == "hidden");
}
