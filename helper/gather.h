// Looking at the builder: the facts that recognition and planning are pure functions of.
//
// Runs as the builder, outside of the sandbox. What lies in the source tree or the control
// directory is a package's: it is opened without following links, its size is limited, its JSON
// strict.
#pragma once

#include <string>
#include <vector>

#include "common/kit.h"
#include "common/policy.h"
#include "helper/call.h"
#include "helper/facts.h"
#include "helper/step.h"

namespace rind {

// Throws Error where a call cannot be a front end's: a control directory that is a link, an
// input.json that is none. policy: the container's.
CallFacts gather_call_facts(const Call& call, const kit::Manifest& manifest, const Policy& policy);

Facts gather_facts(const Policy& policy, const kit::Manifest& manifest, const Call& call,
                   const CallFacts& call_facts, const Step& step,
                   const std::vector<ExtraView>& extra);

}  // namespace rind
