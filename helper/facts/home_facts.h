// What was written to HOME since the container started.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The settings in HOME, and in its .config, that were made or changed since the container started:
// files and directories whose names begin with a dot, and what lies in .config. No credentials,
// caches and histories. home: canonical, "" for none. Empty where it cannot be read.
std::vector<std::string> written_to_home(const std::string& home);

}  // namespace rind
