// The files by which Rind knows what a directory is.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>

namespace rind {

// A regular file of such a name makes a directory a project: a step gets all of it as its sources.
inline constexpr const char* kProjectFiles[] = {"pyproject.toml", "setup.py"};
// This one makes it an environment, which is no project.
inline constexpr const char* kEnvironmentFile = "pyvenv.cfg";

// True for a name that decides what its directory is.
inline bool tells_what_it_is(const std::string& name) {
  return name == kEnvironmentFile || std::find(std::begin(kProjectFiles), std::end(kProjectFiles),
                                               name) != std::end(kProjectFiles);
}

}  // namespace rind
