#include <doctest/doctest.h>

#include "tests/unit/scene.h"

namespace rind {
namespace {

using test::planned;
using test::Scene;

Scene with_settings(const std::string& path, const std::string& content = "[build]\n") {
  Scene scene;
  scene.facts.settings_above = {{path, content}};
  return scene;
}

TEST_CASE("settings above the sources: shown where the place around them is hidden") {
  for (const char* path :
       {"/opt/app-root/src/jobs/pkg-1/.cargo/config.toml", "/opt/app-root/src/jobs/.cargo/config",
        "/opt/app-root/src/rust-toolchain.toml"}) {
    const Plan plan = with_settings(path).plan();
    const PlannedView* view = planned(plan, path);
    REQUIRE_MESSAGE(view != nullptr, path);
    CHECK(view->kind == PlannedView::Kind::kFile);
    CHECK(view->content == "[build]\n");
  }
}

TEST_CASE("settings above the sources: not where the step sees the place, or a view decides") {
  CHECK(planned(with_settings("/opt/.cargo/config.toml").plan(), "/opt/.cargo/config.toml") ==
        nullptr);
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  Scene scene = with_settings(path);
  scene.policy.views.push_back({"/opt/app-root/src/jobs/.cargo", {View::kHidden}});
  scene.facts.paths["/opt/app-root/src/jobs/.cargo"] = {
      test::directory("/opt/app-root/src/jobs/.cargo")};
  CHECK(planned(scene.plan(), path) == nullptr);
}

TEST_CASE("settings above the sources: without credentials") {
  const std::string path = "/opt/app-root/src/jobs/.cargo/config.toml";
  const std::string text = "[registries.own]\ntoken = \"RIND-TEST-SECRET\"\n";
  const Plan plan = with_settings(path, text).plan();
  const PlannedView* view = planned(plan, path);
  REQUIRE(view != nullptr);
  CHECK_FALSE(test::contains(view->content, "RIND-TEST-SECRET"));
  CHECK(test::contains(view->content, "[registries.own]"));
}

}  // namespace
}  // namespace rind
