#include "helper/facts/package_code.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/facts/gather.h"
#include "helper/facts/paths.h"
#include "helper/facts/standard_modules.h"
#include "helper/step/call.h"
#include "helper/step/python_command.h"

namespace rind {
namespace {

using What = PythonCommand::What;

// Modules of front ends, and of the standard library: they start steps, and no package's code.
constexpr std::array<std::string_view, 22> kFrontEnds = {
    "pip",   "build",  "uv",   "virtualenv", "venv",         "ensurepip", "fromager", "tox",
    "nox",   "hatch",  "pdm",  "poetry",     "flit",         "pipx",      "twine",    "wheel",
    "conda", "zipapp", "json", "http",       "cibuildwheel", "auditwheel"};

// Back ends that are commands, too: they import and run what the project says.
constexpr std::array<std::string_view, 11> kBackEnds = {
    "flit_core", "hatchling", "setuptools", "distutils", "scikit_build_core", "mesonpy", "maturin",
    "enscons",   "sipbuild",  "pdm",        "poetry"};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, const std::string& module) {
  const std::string top = module.substr(0, module.find('.'));
  return std::find(names.begin(), names.end(), top) != names.end();
}

bool is_file(const std::string& path) {
  struct stat st = {};
  return sys::try_stat(path, st) && S_ISREG(st.st_mode);
}

// True for an interpreter that goes by PYTHONSAFEPATH: python3.11 and newer, as far as the name of
// its file tells.
bool knows_safe_path(const std::string& interpreter) {
  constexpr std::string_view kName = "python3.";
  constexpr int kFirst = 11;
  const std::string name = base_name(interpreter);
  return name.starts_with(kName) && std::atoi(name.c_str() + kName.size()) >= kFirst;
}

// True for an option of one letter among those of the interpreter, which end before -c, -m or a
// script.
bool has_option(const std::vector<std::string>& argv, char letter) {
  for (size_t i = 1; i < argv.size() && argv[i].size() > 1 && argv[i][0] == '-'; ++i) {
    if (argv[i][1] == '-') continue;
    const size_t end = argv[i].find_first_of("cmWX");
    if (argv[i].substr(0, end).find(letter) != std::string::npos) return true;
    if (end != std::string::npos) break;
  }
  return false;
}

// True where `import` would look in the working directory, or beside the script, first.
bool trusts_its_directory(const PythonCommand& command, const std::string& interpreter,
                          const std::vector<std::string>& argv,
                          const std::vector<std::string>& environment) {
  const auto safe = variable(environment, "PYTHONSAFEPATH");
  if (command.isolated) return false;
  if (safe && !safe->empty() && knows_safe_path(interpreter)) return false;
  return !has_option(argv, 'P');
}

// The directories of PYTHONPATH that lie in a package's sources, or beside them: the interpreter
// runs a sitecustomize there before all else.
std::vector<std::string> packages_in_python_path(const PythonCommand& command,
                                                 const std::vector<std::string>& argv,
                                                 const std::vector<std::string>& environment) {
  std::vector<std::string> found;
  const auto value = variable(environment, "PYTHONPATH");
  if (!value || value->empty() || command.isolated || has_option(argv, 'E')) return found;
  const std::string cwd = working_directory();
  for (const auto& entry : split(*value, ':')) {
    // An empty entry is the working directory.
    const std::string path =
        path_fact(entry.starts_with('/') ? entry : cwd + "/" + entry).canonical;
    if (!path.empty() && !unpacked_sources(path).empty()) found.push_back(path);
  }
  return found;
}

// Returns true when `use` does, called with the name of a file or directory in `directory`.
template <typename Use>
bool any_entry(const std::string& directory, Use use) {
  const Fd opened = sys::open_if_any(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY);
  if (!opened) return false;
  bool found = false;
  sys::for_each_entry(opened.get(), directory, [&](const dirent& entry) {
    found = use(std::string(entry.d_name));
    return !found;
  });
  return found;
}

bool starts_a_package(std::string_view module) {
  return module == "__init__" || module == "__main__";
}

// True when the interpreter would import a module that `wanted` accepts from the directory.
template <typename Wanted>
bool has_module_of(const std::string& directory, Wanted wanted) {
  return any_entry(directory, [&](const std::string& name) {
    const std::string path = directory + "/" + name;
    if (const std::string_view module = module_in(name); !module.empty()) {
      return wanted(module) && is_file(path);
    }
    return wanted(std::string_view(name)) && any_entry(path, [&](const std::string& file) {
             return starts_a_package(module_in(file)) && is_file(path + "/" + file);
           });
  });
}

bool has_module(const std::string& directory, const std::string& module) {
  const std::string top = module.substr(0, module.find('.'));
  return has_module_of(directory, [&](std::string_view name) { return name == top; });
}

bool is_standard(std::string_view module) {
  return module.starts_with("_sysconfigdata") ||
         std::find(kStandardModules.begin(), kStandardModules.end(), module) !=
             kStandardModules.end();
}

// True where a front end that is started in the directory would import modules of a package's in
// the place of its own.
bool replaces_modules(const std::string& directory) {
  return has_module_of(directory, is_standard);
}

// The same for a directory that is searched before the interpreter starts a program.
// A file is an archive of modules.
bool replaces_modules_at_start(const std::string& directory) {
  if (is_file(directory)) return true;
  return has_module_of(directory, [](std::string_view name) {
    return is_standard(name) || name == "sitecustomize" || name == "usercustomize";
  });
}

// A process above this one: its program, its command line, its working directory, and its parent.
struct Process {
  std::string program;
  std::vector<std::string> words;
  std::string cwd, parent;
};

bool is_interpreter(const Process& process) {
  const auto is_python = [](const std::string& path) {
    const std::string name = base_name(path);
    return name.find("python") != std::string::npos || name.find("pypy") != std::string::npos;
  };
  return is_python(process.program) || (!process.words.empty() && is_python(process.words[0]));
}

// Nothing where it cannot be read.
std::optional<Process> process_at(const std::string& pid) {
  constexpr size_t kLongest = 1024 * 1024;
  const std::string path = "/proc/" + pid;
  try {
    Process process;
    process.program = sys::read_link(AT_FDCWD, path + "/exe");
    process.cwd = sys::read_link(AT_FDCWD, path + "/cwd");
    process.words = split(sys::read_file(path + "/cmdline", kLongest), '\0');
    // PID (NAME) STATE PARENT; the name may contain brackets.
    const std::string stat = sys::read_file(path + "/stat", kLongest);
    const std::vector<std::string> rest = split(stat.substr(stat.rfind(')') + 1), ' ');
    process.parent = rest.size() > 2 ? rest[2] : "";
    return process;
  } catch (const Error&) {
    return std::nullopt;  // it has ended, or /proc does not show it
  }
}

bool is_packages_script(const PythonCommand& command) {
  const std::string script = path_fact(command.name).canonical;
  if (script.empty()) return false;
  if (base_name(script) == "setup.py") return true;
  // `python .` runs __main__.py there, and `python FILE` what lies in an archive.
  return !unpacked_sources(script).empty();
}

// True for a name that `import` can have.
bool is_identifier(std::string_view name) {
  return !name.empty() && !is_digit(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || c == '_' || std::isalpha(static_cast<unsigned char>(c)) != 0 ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

std::string_view module_in(std::string_view file) {
  for (const char* end : {".py", ".pyc", ".so"}) {
    if (file.ends_with(end)) return file.substr(0, file.find('.'));
  }
  return {};
}

// An sdist has a PKG-INFO, and Fromager's work directory has the name and version of the sources in
// it. A directory in one of its own name alone is also what CI systems check a repository out to.
std::string unpacked_sources(const std::string& path) {
  for (std::string at = path; at.size() > 1 && at != "/"; at = parent_of(at)) {
    const bool by_name =
        has_own_work_directory(at) && (looks_like_project(at) || has_changed_words(at));
    // A step can remove the project's files; PKG-INFO it cannot.
    if (by_name || is_file(at + "/PKG-INFO")) return at;
    if (!sources_beside(at).empty()) return at;
  }
  return {};
}

std::vector<std::string> starts_of_package(int directory, const std::string& name) {
  std::vector<std::string> found;
  if (!is_identifier(name)) return found;
  sys::for_each_entry(directory, name, [&](const dirent& entry) {
    if (starts_a_package(module_in(entry.d_name))) found.emplace_back(entry.d_name);
    return true;
  });
  return found;
}

bool runs_package_code(const std::string& interpreter, const std::vector<std::string>& argv,
                       const std::vector<std::string>& environment) {
  const PythonCommand command = parse_python_command(argv);
  if (runs_setup_py(command)) return true;
  const bool asks = command.what == What::kNothing && argv.size() > 1;  // python --version
  if (asks && !reads_program_from_input(command, argv)) return false;
  if (command.what == What::kNothing && ::isatty(STDIN_FILENO) != 0) return false;
  const std::vector<std::string> packages = packages_in_python_path(command, argv, environment);
  const auto replaces = [&](const std::string& directory) {
    const bool module = command.what == What::kModule && has_module(directory, command.name);
    return module || replaces_modules_at_start(directory);
  };
  const bool replaced = std::any_of(packages.begin(), packages.end(), replaces);
  if (!packages.empty() && (replaced || !is_front_end(command))) return true;
  const bool input = command.what == What::kNothing || command.name == "-";
  if (command.what == What::kScript && !input) return is_packages_script(command);
  const bool module = command.what == What::kModule;
  const std::string cwd = working_directory();
  if (module && is_one_of(kBackEnds, command.name) && looks_like_project(cwd)) {
    const std::string top = command.name.substr(0, command.name.find('.'));
    // `pdm` and `poetry` are front ends; their back ends are modules below.
    if (top != "pdm" && top != "poetry") return true;
    if (command.name.starts_with("pdm.backend") || command.name.starts_with("poetry.core"))
      return true;
  }
  if (!trusts_its_directory(command, interpreter, argv, environment)) return false;
  if (module && looks_like_project(cwd) && has_module(cwd, command.name)) return true;
  const bool unpacked = !unpacked_sources(cwd).empty();
  if (module && is_one_of(kFrontEnds, command.name)) return unpacked && replaces_modules(cwd);
  return unpacked;
}

std::set<std::string> replaced_modules_in(const std::string& directory) {
  std::set<std::string> found;
  any_entry(directory, [&](const std::string& name) {
    const std::string_view module = module_in(name);
    // Without an __init__ a directory replaces nothing.
    const bool package = module.empty() && is_standard(name) &&
                         any_entry(directory + "/" + name, [](const std::string& file) {
                           return module_in(file) == "__init__";
                         });
    if (package || (!module.empty() && is_standard(module))) found.insert(name);
    return false;
  });
  return found;
}

std::vector<std::string> import_directories_of_callers() {
  constexpr int kMost = 2;
  std::vector<std::string> directories;
  std::string pid = std::to_string(::getppid());
  for (int i = 0; i < kMost && !pid.empty() && pid != "0"; ++i) {
    const std::optional<Process> process = process_at(pid);
    if (!process) break;
    pid = process->parent;
    const PythonCommand command = parse_python_command(process->words);
    if (!is_interpreter(*process) || !trusts_its_directory(command, "", process->words, {})) {
      continue;
    }
    const bool script = command.what == What::kScript && command.name != "-";
    const std::string at =
        command.name[0] == '/' ? command.name : process->cwd + "/" + command.name;
    directories.push_back(script ? parent_of(path_fact(at).canonical) : process->cwd);
  }
  return directories;
}

bool is_front_end(const PythonCommand& command) {
  if (command.what == What::kModule) return is_one_of(kFrontEnds, command.name);
  if (command.what != What::kScript) return false;
  const std::string script = base_name(command.name);
  if (script == "pyproject-build") return true;
  // pip3, pip3.11
  return is_one_of(kFrontEnds, script) ||
         (script.size() > 3 && script.starts_with("pip") && is_digit(script[3]));
}

}  // namespace rind
