// Looking at the builder: the facts that recognition and planning are pure functions of.
//
// Runs as the builder, outside of the sandbox. What lies in the source tree or the control
// directory is a package's: it is opened without following links, its size is limited, its JSON
// strict.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/step.h"

namespace rind {

// Throws Error where a call cannot be a front end's: a control directory that is a link, an
// input.json that is none. policy: the container's.
CallFacts gather_call_facts(const Call& call, const kit::Manifest& manifest, const Policy& policy);

Facts gather_facts(const Policy& policy, const kit::Manifest& manifest, const Call& call,
                   const CallFacts& call_facts, const Step& step,
                   const std::vector<ExtraView>& extra);

// True for a directory that a front end may build from: it has a pyproject.toml or setup.py, and is
// no environment.
bool looks_like_project(const std::string& directory);

// The projects that the process `front_end` builds: the directories among the words of its command
// line that look like one; where there is none, its working directory. Canonical. A front end says
// so itself, and no step can speak in its place. Empty where it cannot be looked at.
std::vector<std::string> projects_of(pid_t front_end);

}  // namespace rind
