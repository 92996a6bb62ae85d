// The bin of a build environment: which interpreters are in it, and whose they are.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/kit/manifest.h"

namespace rind {

// python, python3, python3.13, python3.13t, and what pypy calls itself.
bool is_interpreters_name(const std::string& name);

// The bin of `environment` (canonical), O_PATH. Nothing where there is none, or where a package
// made it a link. Throws SysError.
Fd open_bin(const std::string& environment);

// The names in `bin` that are called like an interpreter. Throws SysError.
std::vector<std::string> interpreters_in(const Fd& bin, const std::string& environment);

// True when `path`, a program in the environment's bin, is one of the image's interpreters, or a
// copy of the helper that stands for one. strict: an interpreter that no seam covers is none.
bool is_images_interpreter(const kit::Manifest& manifest, const std::string& environment,
                           const std::string& path, bool strict);

}  // namespace rind
