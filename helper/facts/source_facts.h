// Environments in a step's sources that belong to the front end.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The environments that people and front ends put into a project: NAME and .NAME/NAME below
// `source`, such as .venv and .tox/py313, with a pyvenv.cfg or as is_projects_environment says
// (conda makes no pyvenv.cfg), and what links there lead to in the sources. It reads all names: a
// package cannot hide one behind many files. source: canonical, "" for none. Throws SysError.
std::vector<std::string> environments_in_sources(const std::string& source);

}  // namespace rind
