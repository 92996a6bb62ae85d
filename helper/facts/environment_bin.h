// The interpreters in the bin of a build environment.
#pragma once

#include <string>
#include <vector>

#include "common/base/fd.h"
#include "common/kit/manifest.h"

namespace rind {

// True for python, python3, python3.13, python3.13t, and the names of pypy.
bool is_interpreters_name(const std::string& name);

// True where front ends that look at `place` take `path`, which it leads to, for an environment: it
// has a pyvenv.cfg; or an interpreter, and the place's name is that of an environment
// (is_projects_environment). Follows links, as they do. Throws SysError.
bool is_environment(const std::string& place, const std::string& path);

// Opens the bin of `environment` (canonical), O_PATH. Returns nothing when it does not exist, or
// when a package replaced it by a link. Throws SysError.
Fd open_bin(const std::string& environment);

// The names in `bin` that are names of interpreters. Throws SysError.
std::vector<std::string> interpreters_in(const Fd& bin, const std::string& environment);

// True when `path`, a program in the environment's bin, is one of the image's interpreters, or a
// copy of the helper for one. strict: only interpreters that a seam covers count.
bool is_images_interpreter(const kit::Manifest& manifest, const std::string& environment,
                           const std::string& path, bool strict);

}  // namespace rind
