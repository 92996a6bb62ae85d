#include "helper/facts/query_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/environment_bin.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/paths.h"
#include "helper/step/python_command.h"
#include "helper/step/query.h"

namespace rind {
namespace {

using What = PythonCommand::What;

constexpr const char* kWhat = "ask the build environment's interpreter about itself";
constexpr const char* kRemedy =
    "find the package that changed this file, and let the front end make the environment again";

// The text of a front end's file; nothing when it is not a regular file or too large.
std::optional<std::string> text_of(const std::string& path) {
  constexpr off_t kMostBytes = 1024 * 1024;
  const PathFact fact = path_fact(path);
  if (fact.type != PathFact::Type::kFile) return std::nullopt;
  const Fd file = open_canonical(fact.canonical, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (sys::stat_fd(file.get(), path).st_size > kMostBytes) return std::nullopt;
  return sys::read_all(file.get(), kMostBytes, path);
}

// The directories from which the front end lets the interpreter import the front end's own modules.
std::vector<std::string> front_ends_directories(const PythonCommand& command,
                                                const ProgramText& program,
                                                const std::string& environment) {
  std::vector<std::string> named = command.arguments, directories;
  if (command.what == What::kText) {
    named.insert(named.end(), program.strings.begin(), program.strings.end());
  } else {
    named.push_back(parent_of(path_fact(command.name).canonical));
  }
  for (const auto& path : named) {
    if (path.size() < 2 || path[0] != '/' || path.find('\0') != std::string::npos) continue;
    const PathFact fact = path_fact(path);
    if (fact.type != PathFact::Type::kDirectory || is_within(fact.canonical, environment)) continue;
    directories.push_back(fact.canonical);
  }
  return directories;
}

std::optional<std::string> find_module(const std::vector<std::string>& directories,
                                       const std::string& module) {
  for (const auto& directory : directories) {
    for (const auto& file : files_of_module(module)) {
      if (auto text = text_of(directory + "/" + file)) return text;
    }
  }
  return std::nullopt;
}

// Checks the program and the modules that it imports; not the imports of those modules.
bool is_about_itself(const ProgramText& program, const std::vector<std::string>& directories,
                     bool is_module = false) {
  if (program.looks_at_packages) return false;
  return std::all_of(program.imports.begin(), program.imports.end(), [&](const std::string& name) {
    if (is_about_interpreter(name) || name.starts_with('.')) return true;
    const auto text = find_module(directories, name);
    return text && (is_module || is_about_itself(read_program(*text), directories, true));
  });
}

// True where a text that looks at paths may look at one of the working directory: it has such a
// path, or gets a relative one.
bool looks_below(const std::string& cwd, const PythonCommand& command, const ProgramText& program) {
  if (!program.looks_at_paths) return false;
  const auto is_below = [&](const std::string& path) { return cwd != "/" && is_within(path, cwd); };
  const auto is_relative = [](const std::string& path) { return !path.starts_with('/'); };
  return std::any_of(program.strings.begin(), program.strings.end(), is_below) ||
         std::any_of(command.arguments.begin(), command.arguments.end(),
                     [&](const auto& word) { return is_relative(word) || is_below(word); });
}

// True for a question. It needs no file of the working directory: the step does not see it.
bool is_question(const PythonCommand& command, const std::string& environment,
                 const std::string& cwd) {
  if (command.what == What::kModule) {
    return command.name == "sysconfig" || command.name == "site" || command.name == "platform";
  }
  std::optional<std::string> text;
  if (command.what == What::kText) text = command.name;
  if (command.what == What::kScript) {
    // A front end names its own script by an absolute path, outside of what is built.
    const std::string script = path_fact(command.name).canonical;
    const bool own = command.name[0] == '/' && !is_within(script, cwd);
    if (own && !is_within(script, environment)) text = text_of(command.name);
  }
  if (!text) return false;
  const ProgramText program = read_program(*text);
  // A front end's modules may read files of the interpreter; a program itself reads files of its
  // user.
  if (program.uses_files) return false;
  if (command.what == What::kText && looks_below(cwd, command, program)) return false;
  // A script with a question has no modules of its own.
  if (command.what == What::kScript) return is_about_itself(program, {});
  return is_about_itself(program, front_ends_directories(command, program, environment));
}

// True for paths where a package may have put a `lib` beside a `bin`.
bool is_packages(const Policy& policy, const CallFacts& facts, const std::string& path) {
  if (is_within(path, facts.virtual_env) || is_within(path, facts.named_source)) return true;
  if (facts.cwd_is_project && is_within(path, facts.cwd)) return true;
  return std::any_of(policy.views.begin(), policy.views.end(), [&](const auto& view) {
    const bool written = view.second.view == View::kRw || view.second.view == View::kPrivate;
    return written && view.first[0] == '/' && is_within(path, view.first);
  });
}

// The interpreter looks for its standard library from `home` upwards.
bool is_home_of(const Policy& policy, const CallFacts& facts, const std::string& home,
                const std::string& interpreter) {
  if (home.empty() || home[0] != '/') return false;
  const std::string canonical = path_fact(home).canonical;
  if (canonical == parent_of(interpreter)) return true;
  if (canonical.empty() || is_packages(policy, facts, canonical)) return false;
  const std::vector<std::string> names = {base_name(facts.found_at), base_name(interpreter),
                                          "python3", "python"};
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return path_fact(canonical + "/" + name).canonical == interpreter;
  });
}

std::string read_config(const std::string& path) {
  constexpr size_t kMostBytes = 64 * 1024;
  try {
    const Fd file = open_canonical(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (S_ISREG(sys::stat_fd(file.get(), path).st_mode)) {
      return sys::read_all(file.get(), kMostBytes, path);
    }
  } catch (const SysError& e) {
    if (e.code() != ENOENT && e.code() != ELOOP) throw;
  }
  throw Error(kWhat, path + " is not a regular file", kRemedy);
}

std::string checked_config(const Policy& policy, const CallFacts& facts,
                           const std::string& interpreter) {
  const std::string path = facts.virtual_env + "/pyvenv.cfg";
  const EnvironmentConfig config = read_environment_config(read_config(path));
  if (config.homes.empty()) throw Error(kWhat, path + " has no key `home`", kRemedy);
  for (const auto& home : config.homes) {
    if (is_home_of(policy, facts, home, interpreter)) continue;
    throw Error(kWhat,
                path + " has home = " + home + ", which is not the directory of " + interpreter,
                kRemedy);
  }
  return "home = " + config.homes.front() + "\n" + config.others;
}

// Adds the names of the interpreter in the directory where the call found it. Each one links
// straight to the interpreter: a link of a package may pass a path that a later step writes.
void add_names(Facts::BareEnvironment& bare, const CallFacts& facts, const std::string& bin) {
  const Fd directory = open_canonical(bin, O_PATH | O_DIRECTORY);
  sys::for_each_entry(directory.get(), bin, [&](const dirent& entry) {
    const std::string name = entry.d_name, path = bin + "/" + name;
    const bool called = path == facts.found_at;
    if (!called && !is_interpreters_name(name)) return true;
    if (path == facts.executable || path_fact(path).canonical != facts.executable) return true;
    bare.links.push_back({path.substr(facts.virtual_env.size() + 1), facts.executable});
    return true;
  });
}

bool is_directory_at(int top, const std::string& path) {
  struct stat st = {};
  return sys::try_lstat(top, path, st) && S_ISDIR(st.st_mode);
}

// Adds lib/python3.N/site-packages and similar directories: Python puts only existing ones into
// sys.path.
void add_directories(Facts::BareEnvironment& bare, const std::string& environment) {
  constexpr size_t kMost = 32;
  const Fd top = open_canonical(environment, O_PATH | O_DIRECTORY);
  for (const std::string library : {"lib", "lib64"}) {
    struct stat st = {};
    if (!sys::try_lstat(top.get(), library, st)) continue;
    // CPython's venv makes this link, always with the same target.
    if (S_ISLNK(st.st_mode)) bare.links.push_back({library, "lib"});
    if (!S_ISDIR(st.st_mode)) continue;
    const Fd at = sys::open(top.get(), library, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    sys::for_each_entry(at.get(), environment + "/" + library, [&](const dirent& entry) {
      const std::string name = entry.d_name;
      if (!is_interpreters_name(name) || !is_directory_at(at.get(), name)) return true;
      for (const char* packages : {"site-packages", "dist-packages"}) {
        if (!is_directory_at(at.get(), name + "/" + packages)) continue;
        bare.directories.push_back(library + "/" + name + "/" + packages);
      }
      return bare.directories.size() < kMost;
    });
  }
}

}  // namespace

bool asks_interpreter(const Call& call, const CallFacts& facts, const kit::Manifest& manifest) {
  const std::string& environment = facts.virtual_env;
  if (environment.empty() || facts.front_ends_env || facts.executable.empty()) return false;
  if (!is_within(facts.found_at, environment) || call.hook) return false;
  if (!call.by_interpreter && !is_interpreters_name(base_name(facts.found_at))) return false;
  if (call.installs || !is_question(call.python, environment, facts.cwd)) return false;
  // If no seam covers the interpreters, a copy of one cannot be told from a package's program.
  return !is_within(facts.executable, environment) || !copies_in(manifest, environment).empty();
}

Facts::BareEnvironment bare_environment(const Policy& policy, const kit::Manifest& manifest,
                                        const CallFacts& facts) {
  std::string interpreter = facts.executable;
  if (is_within(interpreter, facts.virtual_env)) {
    const kit::Seam* seam = seam_of_copy(manifest, interpreter);
    if (seam == nullptr) {
      throw Error(kWhat, interpreter + " is not one of the image's interpreters", kRemedy);
    }
    interpreter = seam->path;
  }
  Facts::BareEnvironment bare;
  bare.config = checked_config(policy, facts, interpreter);
  add_names(bare, facts, parent_of(facts.found_at));
  add_directories(bare, facts.virtual_env);
  return bare;
}

}  // namespace rind
