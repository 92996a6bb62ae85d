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

// What becomes of the files that the step leaves at `place`, an output or a directory in which it
// may leave something; "" for other places.
std::string taken_from(const Plan& plan, const std::string& place);

// A hostile name in `text` must not print escape sequences to a terminal; lines stay lines.
std::string safe_lines(const std::string& text);

}  // namespace rind
