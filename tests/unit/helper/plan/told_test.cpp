#include <doctest/doctest.h>

#include "tests/unit/scene.h"

namespace rind {
namespace {

using test::directory;
using test::planned;
using test::Scene;
using test::view_at;

const std::string kWork = "/opt/app-root/src/jobs/pkg-1";

// A scene in which $NAME names `path`.
Scene naming(const std::string& name, const std::string& path, const std::string& prefix = {}) {
  Scene scene;
  scene.call.environment.push_back(name + "=" + path);
  Facts::Told told;
  told.variable = name;
  told.path = path;
  told.prefix = prefix;
  scene.facts.told = {told};
  scene.facts.passwd = "root:x:0:0:root:/root:/bin/sh\nbuild:x:7:7::/home/build:/bin/sh\n";
  return scene;
}

TEST_CASE("told: what a variable names in covered places is shown") {
  for (const auto& path : std::vector<std::string>{
           kWork + "/dist", std::string("/opt/app-root/src/prefix"), std::string("/tmp/prefix"),
           std::string("/root/.cargo"), std::string("/home/build/tools")}) {
    const Plan plan = naming("X_ROOT", path).plan();
    CHECK_MESSAGE(view_at(plan, path) == "ro", path);
    CHECK_MESSAGE(plan.in_vain.empty(), path);
  }
  CHECK(view_at(Scene().plan(), kWork + "/dist") == "hidden");
}

TEST_CASE("told: the whole prefix, or else the directory alone") {
  CHECK(view_at(naming("PATH", "/root/x/bin", "/root/x").plan(), "/root/x/lib") == "ro");
  const Plan plan = naming("PATH", "/root/bin", "/root").plan();
  CHECK(view_at(plan, "/root/bin") == "ro");
  CHECK(view_at(plan, "/root/other") == "hidden");
}

TEST_CASE("told: what is never shown, and said instead") {
  for (const auto& path : std::vector<std::string>{
           std::string("/root"), std::string("/home"), std::string("/home/other"),
           std::string("/home/build"), std::string("/opt/app-root/src"),
           std::string("/opt/app-root"), std::string("/opt/app-root/src/jobs/other-2/dist"),
           std::string("/opt/app-root/src/jobs"), kWork, std::string("/root/.ssh"),
           std::string("/root/.aws/x"), std::string("/run/x"), std::string("/var/log/x"),
           std::string("/tmp")}) {
    const Plan plan = naming("X_ROOT", path).plan();
    const PlannedView* view = planned(plan, path);
    const bool shown = view != nullptr && view->view == View::kRo;
    CHECK_FALSE_MESSAGE(shown, path);
  }
  const Plan plan = naming("X_ROOT", "/root/.ssh").plan();
  REQUIRE(plan.in_vain.size() == 1);
  CHECK(test::contains(plan.in_vain[0], "$X_ROOT names /root/.ssh"));
}

TEST_CASE("told: not by a link of a step's, a dropped variable or an argument") {
  Scene scene = naming("X_ROOT", "/root/x");
  scene.facts.told[0].by_link = true;
  CHECK(view_at(scene.plan(), "/root/x") == "hidden");
  CHECK(view_at(naming("MY_TOKEN", "/root/x").plan(), "/root/x") == "hidden");
  CHECK(naming("MY_TOKEN", "/root/x").plan().in_vain.empty());
  const Plan argument = naming("", "/root/x").plan();
  CHECK(view_at(argument, "/root/x") == "hidden");
  CHECK(argument.in_vain.size() == 1);
}

TEST_CASE("told: files that are no programs, but for inputs of builds") {
  struct File {
    const char* variable;
    bool executable, shown;
  };
  for (const File& file : {File{"X_FILE", false, false}, File{"CC", true, true},
                           File{"PIP_CONSTRAINT", false, true}}) {
    Scene scene = naming(file.variable, "/root/x");
    scene.facts.told[0].directory = false;
    scene.facts.told[0].executable = file.executable;
    CHECK_MESSAGE((view_at(scene.plan(), "/root/x") == "ro") == file.shown, file.variable);
  }
}

TEST_CASE("told: credentials in what is shown are hidden; the operator's views and hide win") {
  Scene scene = naming("X_ROOT", "/root/x");
  scene.facts.told[0].credentials = {{"/root/x/credentials.toml", false}};
  CHECK(view_at(scene.plan(), "/root/x/credentials.toml") == "hidden");
  CHECK(view_at(scene.plan(), "/root/x/f") == "ro");
  scene.policy.hide = {"/root/x"};
  scene.facts.paths["/root/x"] = {directory("/root/x")};
  CHECK(view_at(scene.plan(), "/root/x") == "hidden");
  Scene operators = naming("X_ROOT", "/root/x/y");
  operators.policy.views.emplace_back("/root/x", ViewSpec{View::kHidden});
  operators.facts.paths["/root/x"] = {directory("/root/x")};
  CHECK(view_at(operators.plan(), "/root/x/y") == "hidden");
}

TEST_CASE("told: beside what is shown in HOME a build can write") {
  const Plan plan = naming("PATH", "/opt/app-root/src/.x/bin", "/opt/app-root/src/.x").plan();
  CHECK(planned(plan, "/opt/app-root/src/.x") != nullptr);
  const Plan deep = naming("PATH", "/opt/app-root/src/.x/y/bin", "/opt/app-root/src/.x/y").plan();
  CHECK(view_at(deep, "/opt/app-root/src/.x") == "private");
}

TEST_CASE("caches: an empty one is on disk, a missing one is made, one in HOME is left alone") {
  Scene scene;
  scene.call.environment.insert(scene.call.environment.end(),
                                {"GOCACHE=/c/go", "CARGO_TARGET_DIR=/c/new",
                                 "NUMBA_CACHE_DIR=/opt/app-root/src/n", "PIP_CACHE_DIR=/root/pip"});
  PathFact empty = directory("/c/go");
  empty.content = PathFact::Content::kEmpty;
  scene.facts.paths["$GOCACHE"] = {empty};
  scene.facts.missing = {{"$CARGO_TARGET_DIR", "/c/new"},
                         {"$NUMBA_CACHE_DIR", "/opt/app-root/src/n"},
                         {"$PIP_CACHE_DIR", "/root/pip"}};
  const Plan plan = scene.plan();
  REQUIRE(planned(plan, "/c/go") != nullptr);
  CHECK(planned(plan, "/c/go")->view == View::kPrivate);
  CHECK(planned(plan, "/c/go")->backing == Backing::kDisk);
  REQUIRE(planned(plan, "/c/new") != nullptr);
  CHECK(planned(plan, "/c/new")->made);
  CHECK(planned(plan, "/opt/app-root/src/n") == nullptr);
  REQUIRE(planned(plan, "/root/pip") != nullptr);
  CHECK_FALSE(planned(plan, "/root/pip")->made);
  CHECK(planned(plan, "/root/pip")->backing == Backing::kMemory);
}

TEST_CASE("caches: below HOME only those of the step's home") {
  Scene scene;
  PathFact own = directory("/opt/app-root/src/.cargo"), other = directory("/root/.cargo");
  other.other_home = true;
  scene.facts.paths["$HOME/.cargo"] = {own, other};
  CHECK(view_at(scene.plan(), own.canonical) == "cow");
  CHECK(view_at(scene.plan(), other.canonical) == "hidden");
}

}  // namespace
}  // namespace rind
