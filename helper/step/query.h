// Recognises a front end's questions to an interpreter about itself: version, prefixes, paths,
// tags. Pure.
//
// The answer decides where the front end installs packages, so no package may influence it. Such a
// call runs without the installed packages of the environment. A call that asks about packages
// (importlib.metadata, `import numpy`) is not such a question, and sees the environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind {

// What the text of a Python program tells without running it.
struct ProgramText {
  // The imported modules: "a.b" as it is written, ".a" for a relative import.
  std::vector<std::string> imports;
  // It looks for installed packages, or runs other code.
  bool looks_at_packages = false;
  bool uses_files = false;           // it uses files, input, programs or the working directory
  bool looks_at_paths = false;       // it asks what lies at a path that it has from somewhere
  std::vector<std::string> strings;  // what its string literals hold
};
ProgramText read_program(const std::string& text);

// True for modules of the standard library that tell about the interpreter, or that process what it
// tells. False for modules that find or run other code.
bool is_about_interpreter(const std::string& module);

// The files below a directory that `import module` may read.
std::vector<std::string> files_of_module(const std::string& module);

// A pyvenv.cfg as the interpreter reads it.
struct EnvironmentConfig {
  std::vector<std::string> homes;  // every value of `home`
  std::string others;              // all other lines; no reader takes one for `home`
};
EnvironmentConfig read_environment_config(const std::string& text);

}  // namespace rind
