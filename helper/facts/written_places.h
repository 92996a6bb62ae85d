// The places that a call names and that it may write to, and the sources that it works on.
#pragma once

#include "common/kit/manifest.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// Sets facts.project, facts.temporary and facts.places. Uses facts.cwd and facts.virtual_env. Not
// for hooks and old-style builds: their arguments are known.
void gather_places(CallFacts& facts, const Call& call, const kit::Manifest& manifest);

}  // namespace rind
