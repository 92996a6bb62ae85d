// Calls of a covered Python interpreter: a step, or the front end's own call. Pure.
//
// CPython finds its environment by argv[0]: a directory with a pyvenv.cfg. The interpreter in its
// bin runs what is installed there (.pth files) before anything else. So every call of an
// interpreter in an environment that is not the image's own is a step. Every interpreter that calls
// a build hook is one, too.
#pragma once

#include <string>
#include <vector>

namespace rind {

// How a covered interpreter was called.
struct InterpreterCall {
  std::string program;      // its path, as the caller has it
  std::string environment;  // canonical; "" when it is not a build environment
};

// True when `environment` (canonical) is one of the image's own. patterns: directories, with
// wildcards for each component.
bool is_own_environment(const std::vector<std::string>& patterns, const std::string& environment);

// What `PYTHON OPTION... (-c TEXT | -m MODULE | SCRIPT) ARGUMENT...` executes.
struct PythonCommand {
  bool isolated = false;  // -I
  enum class What { kNothing, kText, kModule, kScript } what = What::kNothing;
  std::string name;  // TEXT, MODULE or SCRIPT
  std::vector<std::string> arguments;
};
PythonCommand parse_python_command(const std::vector<std::string>& command);

// True for `setup.py install` and `develop`. The build environment of an install is the step's own.
bool installs_by_setup_py(const PythonCommand& command);

// True for a call of pip, ensurepip or setup.py that may write to the environment of its
// interpreter, or that asks an index. False for `pip list`, `show`, `freeze`, `check` and others
// that look.
bool installs(const PythonCommand& command);

// True for an install that fetches nothing: by its options it uses local files alone.
bool needs_no_index(const PythonCommand& command);

// True for a call of pip that may install sources which its arguments name.
bool names_sources(const PythonCommand& command);

// True for a call that one of `patterns` lists (SeamRules::refused_calls).
bool is_listed(const std::vector<std::vector<std::string>>& patterns, const PythonCommand& command);

// True for pip's way to execute a package's setup.py: a text that compiles and executes it with
// setuptools.
bool runs_setup_py(const PythonCommand& command);

// The absolute paths that the front end names in a call: whole arguments, values of options
// (--find-links=/wheels), and quoted texts of an isolated query (`-I -c`), as uv makes them. Not
// the text of requirements: packages write those.
std::vector<std::string> named_paths(const PythonCommand& command);

// The relative paths that a call of pip names: words with a slash that are no options, and values
// of the options that take a file or directory (-r, --find-links).
std::vector<std::string> relative_paths(const PythonCommand& command);

// The programs that a pyvenv.cfg names as its base: the values of the keys for the program, then
// those from `home`. The most trustworthy comes first.
std::vector<std::string> base_programs(const std::string& config, const std::string& name);

// True where the interpreter takes its program from standard input as a whole: not for
// `python --version`, nor for `python -i`, which runs each line as it comes. words: the call, whose
// `command` was parsed.
bool reads_program_from_input(const PythonCommand& command, const std::vector<std::string>& words);

}  // namespace rind
