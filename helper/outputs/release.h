// What leaves the directories that a step wrote beside what was there (Plan::captures).
//
// An artefact of the package, and its metadata, leave for each such directory. In a directory for
// temporary files, all that is new leaves, but no code that the caller's own programs there would
// import, and no change of them. At the top of a build environment, the files that the call names
// leave. In a directory that holds more than the call's, such as /tmp itself, only what the call
// names leaves. The rest is reported, and is an error where the call names it.
#pragma once

#include "helper/outputs/collect.h"
#include "helper/outputs/copies.h"
#include "helper/plan/plan.h"
#include "helper/supervisor/scratch.h"

namespace rind {

// Moves what may leave, and adds it to `collected`. Moves nothing when it throws Error. succeeded:
// of a step that failed, only temporary files and answers leave. Every process of the step must be
// dead.
void release(const Plan& plan, const Scratch& scratch, const Copies& copies, bool succeeded,
             Collected& collected);

}  // namespace rind
