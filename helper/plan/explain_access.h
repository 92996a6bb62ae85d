// What a step can do with single paths, for people and for programs.
#pragma once

#include <string>

#include "common/base/json_fwd.h"
#include "common/policy/policy.h"
#include "helper/plan/access.h"

namespace rind {

// An entry of `paths` in `rind explain --json`: docs/explain.md describes it.
Json access_json(const Policy& policy, const Plan& plan, const Access& access,
                 const AccessFacts& facts);

// The same as lines of text. The first one has the view and its rule.
std::string access_text(const Policy& policy, const Plan& plan, const Access& access,
                        const AccessFacts& facts);

}  // namespace rind
