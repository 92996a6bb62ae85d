// A document of rind-hook policy-test: a container, and steps that are planned.
#include "common/base/json.h"
#include "hook/decide/host_policy.h"
#include "hook/policy/expectations.h"
#include "tests/fuzz/property.h"

namespace rind::fuzz {

void fuzz_stated_step(std::string_view input) {
  static const LoadedPolicy loaded = hook::embedded_policy();
  Json document;
  accepts([&] {
    document = parse_json(std::string(input), "input");
    hook::judge_expectations(JsonObject(document, "input"), loaded);
  });
}

}  // namespace rind::fuzz
