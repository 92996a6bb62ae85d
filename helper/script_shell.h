// What the bash that runs a covered script does for a command, and the helper in its place.
#pragma once

#include <string>
#include <vector>

namespace rind {

// Sets PWD of this process to its working directory, as bash does, and removes `_`. A PWD that
// names this directory by another way (a link) stays. Throws Error when the directory is unknown.
void set_script_variables();

// The words that start a command by a bash with the script's name, which reads the file that
// BASH_ENV names, as the script's bash does: images put a compiler into PATH there. Nothing where
// the step has no BASH_ENV. environment: the step's, as NAME=VALUE.
std::vector<std::string> script_starter(const std::string& script,
                                        const std::vector<std::string>& environment);

}  // namespace rind
