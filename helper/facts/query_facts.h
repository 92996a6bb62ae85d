// Facts about a call that may ask an interpreter about itself.
#pragma once

#include <string>

#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// True when the call asks the interpreter of `facts.virtual_env` about itself
// (helper/step/query.h).
bool asks_interpreter(const Call& call, const CallFacts& facts, const kit::Manifest& manifest);

// Returns what such a call sees of its environment. Throws Error when no front end makes such a
// pyvenv.cfg: without `home`, or with one that is not the interpreter's directory.
Facts::BareEnvironment bare_environment(const Policy& policy, const kit::Manifest& manifest,
                                        const CallFacts& facts);

}  // namespace rind
