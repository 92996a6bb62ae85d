// What an operator expects of a policy, held against the plan of a stated step. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {
class JsonObject;
}

namespace rind::hook {

struct Expectation {
  bool holds = false;
  std::string text;   // the step and what is expected, such as "torch: network container"
  std::string found;  // what it is instead, and by which rule; "" when it holds
};

// Reads `file` (a document of schema/policy-test.schema.json) and holds it against `loaded`. Throws
// JsonError for a document of another form, and Error for annotations that the hook refuses.
std::vector<Expectation> judge_expectations(JsonObject file, const LoadedPolicy& loaded);

}  // namespace rind::hook
