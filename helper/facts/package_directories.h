// Where an environment has its packages.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The site-packages and dist-packages directories below `environment` (canonical), and in the two
// prefixes of an environment of pip's. Links are not followed. Throws SysError.
std::vector<std::string> package_directories(const std::string& environment);

}  // namespace rind
