// The git repository that holds the sources of a step.
//
// What a repository names may come from a package: a `.git` file, a commondir and a configuration
// can lie in an archive. So a directory that a `.git` file names counts only when it leads back to
// this work tree: git writes such a link for work trees and submodules, and no package can write
// one into a repository of the builder.
#pragma once

#include <string>

#include "helper/facts/facts.h"

namespace rind {

// The repository that git finds from `source` upwards; empty when git finds none, or one of a user
// other than `uid`: git would refuse it. upwards: look above `source`, too.
Facts::Repository repository_of(const std::string& source, bool upwards, unsigned uid);

}  // namespace rind
