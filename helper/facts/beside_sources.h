// Directories that steps of a package make and fill beside its sources, in its own work directory
// (NAME-VERSION). What lies in them is the package's, as its sources are.
#pragma once

#include <string>

#include "helper/step/step.h"

namespace rind {

// The sources beside which steps filled `directory`; "" for a directory of another kind.
// directory: canonical. Throws SysError.
std::string sources_beside(const std::string& directory);

// The directories beside `source` (canonical) that steps filled, also those that are environments
// or source trees. Throws SysError.
std::vector<std::string> filled_beside(const std::string& source);

// source: canonical; "" for none. Throws SysError.
BesideSources look_beside(const std::string& source);

}  // namespace rind
