// Where steps may have written in the container's own tree.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

// The keys of all views that let steps write, including those of package rules and of installs: a
// path, $NAME or $NAME/BELOW. Pure.
std::vector<std::string> written_keys(const Policy& policy);

}  // namespace rind
