// Questions of a front end to an interpreter about itself: version, prefixes, paths, tags. Pure.
//
// The answer decides where the front end installs what comes next. So no package may give it: such
// a call runs with nothing of what is installed in the environment. A call that asks for what is
// installed (importlib.metadata, `import numpy`) is no such question, and sees the environment.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rind {

// What the text of a Python program says without being run.
struct ProgramText {
  // The modules of its import statements, "a.b" as it is written; ".a" for a relative one.
  std::vector<std::string> imports;
  // It looks for what is installed, or runs what it was not given.
  bool looks_at_packages = false;
  bool uses_files = false;           // of its user's, or its working directory
  std::vector<std::string> strings;  // what its string literals hold
};
ProgramText read_program(const std::string& text);

// True for a module of the standard library that tells about the interpreter, or handles what it
// tells. False for what finds or runs other code.
bool is_about_interpreter(const std::string& module);

// The files that `import module` may read below a directory.
std::vector<std::string> files_of_module(const std::string& module);

// A pyvenv.cfg as the interpreter reads it.
struct EnvironmentConfig {
  std::vector<std::string> homes;  // every value of `home`
  std::string others;              // all other lines; none can be read as `home`
};
EnvironmentConfig read_environment_config(const std::string& text);

}  // namespace rind
