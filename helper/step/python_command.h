// A call of a covered Python interpreter: a step, or the front end's own. Pure.
//
// CPython decides by argv[0] where it belongs: an environment is a directory with a pyvenv.cfg, and
// the interpreter in its bin runs what is installed there (.pth files) before the first line of
// anything. So an interpreter of an environment that is not the image's own is a step, whatever it
// is told to do; and so is any interpreter that calls a build backend's hook.
#pragma once

#include <string>
#include <vector>

namespace rind {

// How a covered interpreter was called.
struct InterpreterCall {
  std::string program;      // its path, as the caller has it
  std::string environment;  // canonical; of a build, "" for the image's own
};

// patterns: of the directories of environments that are the image's own, with wildcards per
// component. environment: canonical.
bool is_own_environment(const std::vector<std::string>& patterns, const std::string& environment);

// What is executed of `PYTHON OPTION... (-c TEXT | -m MODULE | SCRIPT) ARGUMENT...`.
struct PythonCommand {
  bool isolated = false;  // -I
  enum class What { kNothing, kText, kModule, kScript } what = What::kNothing;
  std::string name;  // TEXT, MODULE or SCRIPT
  std::vector<std::string> arguments;
};
PythonCommand parse_python_command(const std::vector<std::string>& command);

// True for a call of pip or ensurepip: it writes in the environment of its interpreter.
bool installs(const PythonCommand& command);

// True for pip's own way to execute a package's setup.py, of any pip: a text that compiles and
// executes it with setuptools.
bool runs_setup_py(const PythonCommand& command);

// The absolute paths that the front end names in a call: whole arguments, the values of options
// (--find-links=/wheels), and, quoted in the text of an isolated query (`-I -c`), what uv makes for
// it. Requirements are no paths: their text is the package's.
std::vector<std::string> named_paths(const PythonCommand& command);

// The values of `home` and of the keys that name the base's program in a pyvenv.cfg; in the order
// of their trustworthiness.
std::vector<std::string> base_programs(const std::string& config, const std::string& name);

}  // namespace rind
