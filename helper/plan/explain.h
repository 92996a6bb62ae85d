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

// A hostile name in `text` must not print escape sequences to a terminal; lines stay lines.
std::string safe_lines(const std::string& text);

}  // namespace rind
