// Packages that the image's own interpreters have.
#pragma once

#include <string>
#include <vector>

#include "common/kit/manifest.h"

namespace rind {

// The directories of programs of the container: those of its PATH, and of the prefixes that contain
// seams. Does not look at them.
std::vector<std::string> image_bins(const kit::Manifest& manifest);

// The prefixes in which the container keeps programs, and so perhaps packages of Python: those of
// its PATH and of its seams. Does not look at them.
std::vector<std::string> image_prefixes(const kit::Manifest& manifest);

// True where one of the prefixes has a namespace package of this name: a directory of modules
// without an __init__. Python puts all directories of that name together in the order of its path,
// so one in the working directory replaces what is in the image's. Throws SysError.
bool is_namespace_of_image(const std::vector<std::string>& prefixes, const std::string& name);

}  // namespace rind
