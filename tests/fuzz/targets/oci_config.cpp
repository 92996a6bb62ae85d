// config.json, and the decisions about the container that it describes.
#include "common/base/json.h"
#include "hook/decide/annotations.h"
#include "hook/decide/decide.h"
#include "hook/decide/host_policy.h"
#include "hook/decide/state.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_oci_config(std::string_view input) {
  static const Policy policy = hook::embedded_policy().policy;
  hook::Config config;
  Json whole;
  if (!accepts([&] { whole = parse_json(std::string(input), "config.json"); })) return;
  const auto profile = whole.is_object() ? whole.find("linux") : whole.end();
  if (profile != whole.end() && profile->is_object() && profile->contains("seccomp")) {
    (*profile)["seccomp"] = nullptr;
  }
  Json read = hook::parse_config_text(std::string(input), "config.json");
  const auto part = read.is_object() ? read.find("linux") : read.end();
  if (part != read.end() && part->is_object() && part->contains("seccomp")) {
    (*part)["seccomp"] = nullptr;  // it had another spelling
  }
  require(read == whole, "only the seccomp profile is passed over");
  if (!accepts([&] { config = hook::parse_config(read, "/bundle"); })) return;
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
