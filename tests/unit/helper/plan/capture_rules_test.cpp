#include "helper/plan/capture_rules.h"

#include "tests/unit/scene.h"
#include "tests/unit/support.h"

using namespace rind;
using namespace rind::test;
using Kind = Step::Capture::Kind;

namespace {

// A command of a user's environment, with a directory that it names.
struct Named : Scene {
  Named(Kind kind, const std::string& path, std::vector<Facts::Captured::Entry> entries = {}) {
    step = {};
    step.kind = Step::Kind::kEnvironment;
    step.build_environment = "/e";
    step.source = "/src/p";
    call_facts.cwd = "/src/p";
    Step::Capture capture;
    capture.kind = kind;
    capture.path = path;
    capture.whole = capture.asked = true;
    step.captures = {capture};
    facts.captured[path].entries = std::move(entries);
    give_ids();
  }
};

}  // namespace

TEST_CASE("captures: a private directory in place of a named one, with what is there read-only") {
  Named scene(Kind::kArtefacts, "/wheels",
              {{"sub", true},
               {"notes.txt"},
               {"p-1.0-py3-none-any.whl"},
               {"other-1.0-py3-none-any.whl"},
               {"p-2.tar.gz"},
               {"link", false, "sub"}});
  const Plan plan = scene.plan();
  CHECK(view_at(plan, "/wheels") == "private");
  CHECK(planned(plan, "/wheels")->output);
  CHECK(view_at(plan, "/wheels/sub") == "ro");
  CHECK(view_at(plan, "/wheels/notes.txt") == "ro");
  // The step may build it again.
  CHECK(view_at(plan, "/wheels/p-1.0-py3-none-any.whl") == "private");
  CHECK(view_at(plan, "/wheels/p-2.tar.gz") == "private");
  CHECK(view_at(plan, "/wheels/other-1.0-py3-none-any.whl") == "ro");
  REQUIRE(plan.captures.size() == 1);
  CHECK(plan.captures.front().copies.empty());
  CHECK_FALSE(plan.captures.front().may_replace);
}

TEST_CASE("captures: in a directory for temporary files the step gets copies") {
  Named scene(Kind::kTemporary, "/tmp/tmpX",
              {{"script.py", false, "", true}, {"big", true, "", false}});
  const Plan plan = scene.plan();
  REQUIRE(plan.captures.size() == 1);
  CHECK(plan.captures.front().copies == std::vector<std::string>{"script.py"});
  CHECK(view_at(plan, "/tmp/tmpX/script.py") == "private");
  CHECK(view_at(plan, "/tmp/tmpX/big") == "ro");
}

TEST_CASE("captures: /tmp and HOME stay what they are, and nothing of them is shown") {
  for (const char* path : {"/tmp", "/opt/app-root/src"}) {
    CAPTURE(path);
    Named scene(Kind::kTemporary, path, {{"other", true, "", true}});
    scene.step.captures.front().shared = true;
    const Plan plan = scene.plan();
    CHECK(view_at(plan, path) == "private");
    CHECK(planned(plan, path)->output);
    CHECK(view_at(plan, path + std::string("/other")) == "private");
  }
}

TEST_CASE("captures: none where the policy hides, where it lets steps write, or in the system") {
  Named hidden(Kind::kArtefacts, "/run");
  CHECK(hidden.plan().captures.empty());
  CHECK(view_at(hidden.plan(), "/run") == "hidden");
  Named system(Kind::kArtefacts, "/usr/lib");
  CHECK(system.plan().captures.empty());
  Named written(Kind::kArtefacts, "/wheels");
  ViewSpec spec;
  spec.view = View::kRw;
  written.policy.views.emplace_back("/wheels", spec);
  written.facts.paths["/wheels"] = {directory("/wheels")};
  CHECK(written.plan().captures.empty());
  CHECK(view_at(written.plan(), "/wheels") == "rw");
  Named cache(Kind::kArtefacts, "/cache/x");
  spec.view = View::kCow;
  cache.policy.views.emplace_back("/cache", spec);
  cache.facts.paths["/cache"] = {directory("/cache")};
  CHECK(cache.plan().captures.empty());
  CHECK(view_at(cache.plan(), "/cache/x") == "cow");
  CHECK(Named(Kind::kArtefacts, "/dev/x").plan().captures.empty());
  Named said(Kind::kTemporary, "/tmp/w/x");
  said.extra = {{"/tmp/w", View::kRw, true, false}};
  CHECK(said.plan().captures.empty());
  CHECK(view_at(said.plan(), "/tmp/w/x") == "rw");
}

TEST_CASE("captures: a hidden directory that only a text names shows nothing") {
  for (const bool by_text : {false, true}) {
    CAPTURE(by_text);
    Named scene(Kind::kArtefacts, "/home/u/wheels", {{"notes.txt"}, {".netrc"}});
    scene.step.captures.front().by_text = by_text;
    const Plan plan = scene.plan();
    CHECK(view_at(plan, "/home/u/wheels/notes.txt") == (by_text ? "private" : "ro"));
    CHECK(view_at(plan, "/home/u/wheels/.netrc") == "private");
    scene.facts.named = {{"/home/u/wheels", true}};
    CHECK(view_at(scene.plan(), "/home/u/wheels/notes.txt") == "ro");
  }
}

TEST_CASE("captures: what only its owner may list is written to, and not listed") {
  Named scene(Kind::kArtefacts, "/closed", {{"notes.txt"}});
  scene.facts.captured["/closed"].closed = true;
  CHECK(planned(scene.plan(), "/closed")->mode == 0300);
  CHECK(view_at(scene.plan(), "/closed/notes.txt") == "private");
  scene.facts.listed = {"/closed"};
  CHECK(planned(scene.plan(), "/closed")->mode == 0755);
  CHECK(view_at(scene.plan(), "/closed/notes.txt") == "ro");
}

TEST_CASE("captures: beside a user's environment everything stays as it is") {
  Named scene(Kind::kArtefacts, "/wheels");
  scene.step.build_environment = "/data/envs/e";
  CHECK(view_at(scene.plan(), "/data/envs/other") == "hidden");
  scene.step.plain_environment = true;
  CHECK(view_at(scene.plan(), "/data/envs/other") == "root");
}

TEST_CASE("captures: the directory in which a command runs is seen below a private HOME") {
  Named scene(Kind::kArtefacts, "/wheels");
  scene.step.directories = {"/opt/app-root/src/scripts", "/opt/app-root/src/.ssh"};
  CHECK(view_at(scene.plan(), "/opt/app-root/src/scripts") == "ro");
  CHECK(view_at(scene.plan(), "/opt/app-root/src/.ssh") != "ro");
}
