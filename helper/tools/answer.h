// What `rind explain` prints.
#pragma once

#include <string>
#include <vector>

#include "helper/facts/kit_read.h"
#include "helper/plan_call.h"
#include "helper/tools/asked_call.h"

namespace rind {

struct Question {
  const Kit& kit;
  const AskedCall& asked;
  const Planned& planned;          // of the call; empty for the front end's own
  std::vector<std::string> paths;  // as the step would name them
};

// The whole plan, and what the step can do with each of the paths.
std::string answer_as_json(const Question& question);

// The plan as text; where there are paths, lines about them alone.
std::string answer_as_text(const Question& question);

}  // namespace rind
