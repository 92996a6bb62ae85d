// What is in the directories that a step writes to beside what is there.
#pragma once

#include "helper/facts/facts.h"
#include "helper/step/step.h"

namespace rind {

// Sets facts.captured for step.captures, and adds their links to facts.links. Needs facts.paths.
// Throws SysError.
void gather_captures(Facts& facts, const Step& step);

}  // namespace rind
