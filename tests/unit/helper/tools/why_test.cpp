#include "helper/tools/why.h"

#include "tests/unit/scene.h"

using namespace rind;
using namespace rind::test;

TEST_CASE("why: one rule of the package for all that a policy can allow, but the network") {
  Scene scene;
  scene.step.package = "pkg-1.0";
  StepResult result;
  result.causes = {{"read /a: hidden", R"({"views":{"/a":"ro"}})", "", false},
                   {"connect to 10.0.0.1:80: no network", R"({"network":"container"})", "", false},
                   {"open /dev/kvm: no", R"({"devices":["null","kvm"]})", "", false},
                   {"open /dev/fuse: no", R"({"devices":["null","fuse"]})", "", false},
                   {"find /b: hidden", R"({"views":{"/b":"ro"}})", "", true}};
  const std::string text = why_text(scene.plan(), scene.step, result);
  CHECK(contains(text, R"(allowed by: {"network":"container"})"));
  CHECK(contains(text, R"({"packages":{"pkg":{"packages":["pkg"],"policy":)"
                       R"({"devices":["null","kvm","fuse"],"views":{"/a":"ro"}}}}})"));
}

TEST_CASE("why: no rule where nothing can be allowed") {
  Scene scene;
  StepResult result;
  CHECK(contains(why_text(scene.plan(), scene.step, result), "Rind denied it nothing."));
  result.causes = {{"make a namespace (unshare): no", "", "no key of the policy allows it", false}};
  CHECK_FALSE(contains(why_text(scene.plan(), scene.step, result), "policy.d"));
}
