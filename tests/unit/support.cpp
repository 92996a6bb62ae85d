#include "tests/unit/support.h"

#include "common/base/json.h"

namespace rind::test {

Json default_document() { return read_json_file(RIND_SOURCE_POLICY, kPolicyLimit); }

LoadedPolicy loaded_with(const char* patch) {
  Json document = default_document();
  document.merge_patch(parse_json(patch, "patch"));
  Policy policy = parse_policy(document, "policy.json");
  return {std::make_shared<Json>(std::move(document)), std::move(policy)};
}

Policy default_policy() { return parse_policy(default_document(), "policy.json"); }

}  // namespace rind::test
