// A file of the policy, laid over the defaults.
#include "common/base/json.h"
#include "common/kit/flat.h"
#include "common/policy/accepted_policy.h"
#include "hook/decide/host_policy.h"
#include "tests/fuzz/property.h"
#include "tests/fuzz/without_patches.h"

namespace rind::fuzz {

void fuzz_policy(std::string_view input) {
  static const SharedJson defaults = hook::embedded_policy().document;
  Json document = *defaults;
  Policy policy;
  if (!accepts([&] {
        document.merge_patch(parse_json(std::string(input), "input"));
        policy = parse_policy(document, "input");
      })) {
    return;
  }
  require(without_patches(parse_policy(parse_json(document.dump(), "again"), "again")) ==
              without_patches(policy),
          "a written policy is the policy");
  require(without_patches(parse_accepted_policy(document, "accepted")) == without_patches(policy),
          "the kit's reader reads the same");
  const std::string flat = kit::write_flat_policy(policy);
  require(kit::read_flat_policy(flat, "flat") == without_patches(policy),
          "the flat form is the JSON form");
  // What the hook accepted must not fail in a step.
  policy_for_install(document);
  for (const auto& rule : policy.packages) policy_with_rules(document, {rule.name});
}

}  // namespace rind::fuzz
