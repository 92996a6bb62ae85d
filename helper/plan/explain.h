// The plan, for people and for programs.
#pragma once

#include <string>

#include "common/base/json_fwd.h"
#include "helper/plan/plan.h"

namespace rind {

// The plan as JSON: docs/explain.md describes it. Environment values are never in it.
Json explain_json(const Plan& plan, const Step* step);

// The same as lines of text.
std::string explain_text(const Plan& plan, const Step* step);

// How one path (canonical) looks in the step, and which rule decides that.
std::string explain_path(const Plan& plan, const std::string& path);

}  // namespace rind
