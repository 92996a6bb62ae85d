// Names of what a build makes for others.
#pragma once

#include <string>

namespace rind {

// True for the name of a wheel or of an sdist as back ends make it, with or without a path before.
inline bool is_artefact(const std::string& name) {
  return name.ends_with(".whl") || name.ends_with(".tar.gz");
}

}  // namespace rind
