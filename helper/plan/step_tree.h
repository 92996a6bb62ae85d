// What a step finds at one path: the container's file tree as the plan's views change it. Pure.
#pragma once

#include <string>

#include "helper/facts/node_facts.h"
#include "helper/plan/plan.h"
#include "helper/plan/step_rights.h"

namespace rind {

// What the step finds at `path`: absolute, as it is in the step: no links, no "..".
StepNode node_in_step(const Plan& plan, const AccessFacts& facts, const std::string& path);

}  // namespace rind
