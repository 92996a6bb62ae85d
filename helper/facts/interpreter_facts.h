// Looking at a call of a covered Python interpreter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/python_command.h"

namespace rind {

// executed: /proc/self/exe. argv: as it came in. environment: NAME=VALUE.
InterpreterCall look_at_interpreter(const kit::Manifest& manifest, const std::string& executed,
                                    const std::vector<std::string>& argv,
                                    const std::vector<std::string>& environment);

// The seam behind `executed`, a copy of this very program under an interpreter's name: `venv
// --copies` copies what lies over the interpreter. nullptr when it is none.
const kit::Seam* seam_of_copy(const kit::Manifest& manifest, const std::string& executed);

// True when the file has this program's bytes. path: no link.
bool is_copy_of_helper(const std::string& path);

// The copies of this program in the bin of the environment, and the originals that belong there.
std::vector<Facts::Original> copies_in(const kit::Manifest& manifest,
                                       const std::string& environment);

// The directories that pip puts into PYTHONPATH for a hook, where they are of its making: the build
// environment as a whole.
std::vector<std::string> python_path(const Call& call);

// True for a build environment that pip makes and names by PYTHONPATH.
bool is_pips_environment(const std::string& path);

}  // namespace rind
