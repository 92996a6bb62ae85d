// Makes a build environment readable for the step when it is closed to other users.
//
// A step with its own uid is neither owner nor group of the files of front end and packages. Under
// a umask of 027 or 077, or after a package's chmod, it could read none of them. The supervisor
// gives owner and others the rights that root has anyway: reading files, searching directories, and
// executing what somebody may execute.
//
// The environment is hostile. Everything works by descriptor, follows no link, and leaves neither
// the tree nor its mount. A file with several hard links is changed only when all of them are in
// the tree, or when it is known to be a package's: uv links files from its cache, so a RECORD lists
// their content, or they are in the cache, which steps may read. Otherwise a hard link could open a
// file of the builder. Files that the policy hides stay closed.
#pragma once

#include <string>
#include <vector>

#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// The trees of plan.readable that make_readable will open for the step: not lent, and closed in the
// sample. Only looks.
std::vector<std::string> trees_to_open(const Plan& plan);

// Call this before a step: opens those trees of plan.readable that are not lent. It checks a sample
// first, and each file only when something in the sample is closed. Files of a third user stay as
// they are. Returns the files that stay closed, for people. Throws Error when a directory stays
// closed.
Notes make_readable(const Plan& plan);

// Call this after an install, when the trees are given back: opens those trees of plan.readable
// that were lent, whatever modes the packages set. Throws Error as make_readable does.
void make_readable_again(const Plan& plan);

}  // namespace rind
