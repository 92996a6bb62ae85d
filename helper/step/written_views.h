// Where in the container's own tree steps may have written.
#pragma once

#include <string>
#include <vector>

#include "common/policy/policy.h"

namespace rind {

// The keys of the views by which steps write there, those of any package and of installs: a path,
// $NAME or $NAME/BELOW. Pure.
std::vector<std::string> written_keys(const Policy& policy);

}  // namespace rind
