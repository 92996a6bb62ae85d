// A build environment that is closed to other users is made readable for the step.
//
// A step with a uid of its own is neither owner nor group of what the front end and the packages
// made: under a umask of 027 or 077, or after a package's chmod, it could read none of it. The
// supervisor gives owner and others what root has anyway: reading, and searching directories;
// executing where somebody may execute.
//
// The environment is hostile. Everything goes by descriptor, follows no link and leaves neither the
// tree nor its mount. A file with further names is changed only where all of them are in the tree,
// or where it is known to be a package's: uv links files from its cache, so their content is in a
// RECORD, and they lie in the cache, which steps may read. Otherwise a hard link could open a file
// of the builder's. What the policy hides stays as it is.
#pragma once

#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// Before a step: opens to it what is in plan.readable and not lent to it. A sample is looked at,
// and each file only where something in the sample is closed. What belongs to a third user is left
// as it is. Returns what stays closed, for people. Throws Error when a directory stays closed.
Notes make_readable(const Plan& plan);

// After an install, when what was lent has been given back: opens all of what is in plan.readable
// and was lent, whatever modes the packages gave it. Throws Error as make_readable does.
void make_readable_again(const Plan& plan);

}  // namespace rind
