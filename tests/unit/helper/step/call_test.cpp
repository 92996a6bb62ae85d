#include "helper/step/call.h"

#include "tests/unit/support.h"

using namespace rind;
using Words = std::vector<std::string>;

TEST_CASE("unshare: Fromager's call is known, every other goes to the original") {
  const SeamRules rules = test::default_policy().seams;
  CHECK(unshare_command(rules, {"--net", "--map-current-user", "make", "-j"}) ==
        Words{"make", "-j"});
  CHECK(unshare_command(rules, {"--net", "--map-current-user", "--", "make"}) == Words{"make"});
  CHECK_FALSE(unshare_command(rules, {"--net", "--map-current-user"}));
  CHECK_FALSE(unshare_command(rules, {"--net", "--map-current-user", "--"}));
  CHECK_FALSE(unshare_command(rules, {"--net", "--map-current-user", "--mount", "sh"}));
  CHECK_FALSE(unshare_command(rules, {"--mount", "sh"}));
  CHECK_FALSE(unshare_command(rules, {}));
}

TEST_CASE("hook call: by the script's name, a known hook and a control directory") {
  const auto call =
      hook_call({"/v/bin/python3", "/p/_in_process/_in_process.py", "build_wheel", "/tmp/c"});
  REQUIRE(call);
  CHECK(call->hook == "build_wheel");
  CHECK(call->control == "/tmp/c");
  CHECK(hook_call({"python3", "/p/_in_process.py", "_supported_features", "/tmp/c"}));
  CHECK_FALSE(hook_call({"python3", "/p/_in_process.py", "rm_rf", "/tmp/c"}));
  CHECK(hook_call({"python3", "/tmp/tmpx_in_process.py", "build_wheel", "/tmp/c"}));
  CHECK_FALSE(hook_call({"python3", "/p/_in_process.py", "build_wheel"}));
  CHECK_FALSE(hook_call({"python3", "/p/_in_process.py", "build_wheel", "/tmp/c", "more"}));
}

TEST_CASE("pip wheel: the paths of an old-style build") {
  const auto call = pip_wheel_call({"/v/bin/python3", "-m", "pip", "-vvv", "wheel", "--wheel-dir",
                                    "/w", "--index-url", "http://x/", "--log", "/l", "/src"});
  REQUIRE(call);
  CHECK(call->wheel_directory == "/w");
  CHECK(call->log == "/l");
  CHECK(call->source == "/src");
  CHECK(pip_wheel_call({"p", "-m", "pip", "wheel", "--wheel-dir=/w", "/s"})->wheel_directory ==
        "/w");
  CHECK_FALSE(pip_wheel_call({"p", "-m", "pip", "install", "x"}));
  CHECK_FALSE(pip_wheel_call({"p", "-m", "build"}));
}

TEST_CASE("variable: by its whole name") {
  const Words environment = {"HOMES=1", "HOME=/h", "EMPTY="};
  CHECK(variable(environment, "HOME") == "/h");
  CHECK(variable(environment, "EMPTY") == "");
  CHECK_FALSE(variable(environment, "HOM"));
}
