// Calls of the image's own interpreters that run a package's code.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "helper/step/python_command.h"

namespace rind {

// True when the interpreter is told to run code out of a package's sources: setup.py, a back end as
// a command, a module or script that lies in the sources. interpreter: the file that is executed,
// canonical. argv: of the interpreter. environment: NAME=VALUE. The front end's own commands run as
// they are: in the directory of a user's project, which is no unpacked package, that is all but
// setup.py, back ends, and modules that lie there.
bool runs_package_code(const std::string& interpreter, const std::vector<std::string>& argv,
                       const std::vector<std::string>& environment);

// The entries of the directory that an interpreter would import in the place of modules of a front
// end's or of the standard library's.
std::set<std::string> replaced_modules_in(const std::string& directory);

// The module in a file: sources, compiled code, or an extension of any version (NAME.so,
// NAME.abi3.so, NAME.cpython-313-x86_64-linux-gnu.so). "" for other files.
std::string_view module_in(std::string_view file);

// The entries of the open directory that make it a package: `import NAME` runs them. Empty where no
// import has its name.
std::vector<std::string> starts_of_package(int directory, const std::string& name);

// The unpacked sources of a package that hold `path` (canonical), or the directory beside them; ""
// for none.
std::string unpacked_sources(const std::string& path);

// The directories from which the process that called this one, and its parent, import first if they
// are interpreters: the working directory, or that of the script. Canonical.
std::vector<std::string> import_directories_of_callers();

// True for a command of a front end: it makes steps, and runs no package's code itself.
bool is_front_end(const PythonCommand& command);

}  // namespace rind
