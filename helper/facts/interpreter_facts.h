// Facts about a call of a covered Python interpreter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/kit/manifest.h"
#include "helper/facts/facts.h"
#include "helper/step/call.h"
#include "helper/step/python_command.h"

namespace rind {

// The path that this program was given to execve(2) with; for a script, the path of the script.
std::string given_path();

// Finds the program and the environment of a call. executed: /proc/self/exe. given: as given_path.
// argv: as main got it. environment: NAME=VALUE.
InterpreterCall look_at_interpreter(const kit::Manifest& manifest, const std::string& executed,
                                    const std::string& given, const std::vector<std::string>& argv,
                                    const std::vector<std::string>& environment);

// The seam of the interpreter that `executed`, a copy of this program, replaces: `venv --copies`
// copies the helper that covers the interpreter. nullptr when it is not a copy of one.
const kit::Seam* seam_of_copy(const kit::Manifest& manifest, const std::string& executed);

// True when the file has the same content as this program. path: not a link.
bool is_copy_of_helper(const std::string& path);

// The copies of this program in the bin of the environment, and their originals.
std::vector<Facts::Original> copies_in(const kit::Manifest& manifest,
                                       const std::string& environment);

// The directories in PYTHONPATH; for a build environment that pip made, the environment as a whole.
std::vector<std::string> python_path(const Call& call);

// Prefixes in directories for temporary files that PATH or PYTHONPATH names: pdm installs the
// requirements of a build there, and a sitecustomize adds them.
std::vector<std::string> temporary_prefixes(const Call& call);

// True for a build environment that pip makes and names in PYTHONPATH.
bool is_pips_environment(const std::string& path);

}  // namespace rind
