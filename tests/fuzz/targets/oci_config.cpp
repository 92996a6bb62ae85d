// config.json, and the decisions about the container that it describes.
#include "common/base/json.h"
#include "hook/decide/annotations.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_oci_config(std::string_view input) {
  static const Policy policy = hook::embedded_policy().policy;
  hook::Config config;
  if (!accepts([&] {
        config = hook::parse_config(parse_json(std::string(input), "config.json"), "/bundle");
      }))
    return;
  require(config.root.starts_with('/'), "a rootfs is absolute");
  require(config.working_directory.starts_with('/'), "a working directory is absolute");
  const hook::State state;
  hook::requires_hook(config);
  const auto launched = hook::launched_command(config);
  require(launched.size() <= config.arguments.size(), "a command loses words alone");
  const std::string reason = hook::builder_by_config(policy.containers, state, config);
  const bool isolable = accepts([&] { hook::require_isolable(policy.containers, config); });
  require(!isolable || !hook::may_have_sys_admin(config), "no builder has CAP_SYS_ADMIN");
  config.annotations[hook::kDefaultOptIn] = "true";
  require(!hook::builder_by_config(policy.containers, state, config).empty(),
          "the annotation opts in");
  if (!reason.empty()) {
    config.annotations[hook::kDefaultOptIn] = "false";
    config.annotations.erase(policy.containers.annotation);
    config.annotations[hook::kDefaultOptIn] = "true";
    require(!hook::builder_by_config(policy.containers, state, config).empty(), "a reason stays");
  }
}

}  // namespace rind::fuzz
