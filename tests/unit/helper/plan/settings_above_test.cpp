#include <doctest/doctest.h>

#include "helper/plan/git_settings.h"
#include "tests/unit/scene.h"

namespace rind {
namespace {

using test::planned;
using test::Scene;

Scene with_settings(const std::string& path, const std::string& content = "[build]\n") {
  Scene scene;
  scene.facts.copied_settings = {{path, path, content, false}};
  return scene;
}

// The copy at `path` in an empty view; "" for none.
std::string copy_at(const Plan& plan, const std::string& path) {
  for (const auto& view : plan.views) {
    for (const auto& point : view.skeleton) {
      if (view.path + "/" + point.path == path) return point.target;
    }
  }
  return {};
}

TEST_CASE("copies: settings above the sources, where the place around them is hidden") {
  for (const char* path :
       {"/opt/app-root/src/jobs/pkg-1/.cargo/config.toml", "/opt/app-root/src/jobs/.cargo/config",
        "/opt/app-root/src/rust-toolchain.toml"}) {
    CHECK_MESSAGE(copy_at(with_settings(path).plan(), path) == "[build]\n", path);
    CHECK(copy_at(with_settings(path, "").plan(), path) == "\n");
  }
}

TEST_CASE("copies: not where the step sees the place, or a view decides") {
  const std::string seen = "/opt/.cargo/config.toml";
  CHECK(copy_at(with_settings(seen).plan(), seen).empty());
  CHECK(planned(with_settings(seen).plan(), seen) == nullptr);
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  for (const char* hidden : {"/opt/app-root/src/jobs/.cargo", "/opt/elsewhere"}) {
    Scene scene = with_settings(path);
    scene.facts.copied_settings[0].canonical = "/opt/elsewhere/config.toml";
    CHECK_FALSE(copy_at(scene.plan(), path).empty());
    scene.policy.views.push_back({hidden, {View::kHidden}});
    scene.facts.paths[hidden] = {test::directory(hidden)};
    CHECK(copy_at(scene.plan(), path).empty());
    scene.policy.views.pop_back();
    scene.policy.hide.push_back(hidden);
    CHECK(copy_at(scene.plan(), path).empty());
  }
}

TEST_CASE("copies: none of what may have a credential, and a line says so") {
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  const Plan plan = with_settings(path, "my-password = ['s3cret']\n").plan();
  CHECK(copy_at(plan, path).empty());
  REQUIRE_FALSE(plan.closed.empty());
  CHECK(test::contains(plan.closed[0], "read access to " + path + ": it may have a credential"));
}

TEST_CASE("copies: where the step sees the settings, a cover without what is certainly one") {
  const std::string path = "/opt/cargo/config.toml";
  const Plan plan = with_settings(path, "token = \"s3cret\"\nmy-password = ['s3cret']\n").plan();
  REQUIRE(planned(plan, path) != nullptr);
  CHECK(planned(plan, path)->content == "token = \"\"\nmy-password = ['s3cret']\n");
}

TEST_CASE("copies: no cover of what leads to a place that the policy hides") {
  const std::string path = "/opt/cargo/config.toml";
  Scene scene = with_settings(path, "token = \"s3cret\"\n");
  scene.facts.copied_settings[0].canonical = "/opt/elsewhere/config.toml";
  CHECK(planned(scene.plan(), path) != nullptr);
  scene.policy.hide.push_back("/opt/elsewhere");
  scene.facts.paths["/opt/elsewhere"] = {test::directory("/opt/elsewhere")};
  CHECK(planned(scene.plan(), path) == nullptr);
}

TEST_CASE("copies: of HOME's settings, and git's own go behind the builder's") {
  const std::string home = "/opt/app-root/src";
  Scene scene;
  scene.facts.home_settings = {{".gitconfig", home + "/.gitconfig", "[user]\nname = x\n"},
                               {".config/go/env", home + "/.config/go/env", "GOFLAGS=-x\n"}};
  CHECK(copy_at(scene.plan(), home + "/.gitconfig") ==
        "[user]\n\tname = \"x\"\n" + git_settings_file());
  CHECK(copy_at(scene.plan(), home + "/.config/go/env") == "GOFLAGS=-x\n");
  scene.facts.links = {{home + "/.config", "dotfiles"}};
  CHECK(copy_at(scene.plan(), home + "/.config/go/env").empty());
  scene.call.environment.push_back("GIT_CONFIG_GLOBAL=/dev/null");
  CHECK(copy_at(scene.plan(), home + "/.gitconfig") == git_settings_file());
}

}  // namespace
}  // namespace rind
