// Facts of one call.
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/look.h"
#include "common/base/path_search.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/beside_sources.h"
#include "helper/facts/gather.h"
#include "helper/facts/image_packages.h"
#include "helper/facts/package_code.h"
#include "helper/facts/paths.h"
#include "helper/facts/query_facts.h"
#include "helper/facts/tool_settings_facts.h"
#include "helper/facts/written_places.h"
#include "helper/step/built_marker.h"
#include "helper/step/hook_input.h"
#include "helper/step/python_command.h"
#include "helper/step/written_views.h"

namespace rind {
namespace {

// Returns the canonical path of a directory that a front end names. Throws Error unless it exists
// and is not a link itself.
std::string named_directory(const std::string& path, const std::string& name, CallFacts& facts) {
  const std::string what = "recognise the step";
  if (path.empty() || path[0] != '/')
    throw Error(what, name + " is not an absolute path", "let the front end pass an absolute path");
  struct stat st = {};
  if (::lstat(path.c_str(), &st) != 0) throw_errno("look at " + name, path);
  if (!S_ISDIR(st.st_mode))
    throw Error(what, name + " " + path + " is not a directory",
                "let the front end make the directory, and pass its own path instead of a link");
  std::string canonical = path_fact(path).canonical;
  if (canonical != path) facts.spelled[canonical] = path;
  return canonical;
}

// Returns a canonical path whose last component may not exist yet, and is not a link.
std::string named_new(const std::string& path, const std::string& name, CallFacts& facts) {
  if (path.empty()) return {};
  std::string absolute = path[0] == '/' ? path : working_directory() + "/" + path;
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  const std::string last = absolute.substr(absolute.rfind('/') + 1);
  if (last.empty() || last == "." || last == "..") {
    throw Error("recognise the step", name + " " + path + " does not end in a file name",
                "pass a path that ends in a file name");
  }
  const PathFact parent = path_fact(parent_of(absolute));
  if (parent.type != PathFact::Type::kDirectory) {
    throw Error("recognise the step", "the directory of " + name + " " + path + " does not exist",
                "make the directory before the call");
  }
  std::string canonical = parent.canonical == "/" ? "" : parent.canonical;
  canonical += absolute.substr(absolute.rfind('/'));
  struct stat st = {};
  if (sys::try_lstat(canonical, st) && S_ISLNK(st.st_mode)) {
    throw Error("recognise the step", name + " " + path + " is a symbolic link",
                "pass the path that the link leads to");
  }
  if (canonical != absolute) facts.spelled[canonical] = absolute;
  return canonical;
}

// Of CONTROL/input.json.
void gather_kwargs(CallFacts& facts) {
  const std::string& control = facts.control;
  constexpr size_t kInputLimit = 1024 * 1024;
  const std::string name = control + "/input.json";
  const Fd directory = open_canonical(control, O_PATH | O_DIRECTORY);
  const Fd file = sys::open(directory.get(), "input.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const struct stat st = sys::stat_fd(file.get(), name);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
    throw Error("read " + name, "it is not a regular file, or it has a second hard link",
                "let the front end write this file anew for each call");
  }
  const std::string text = sys::read_all(file.get(), kInputLimit, name);
  for (const auto& [key, given] : directories_in_input(text, name)) {
    facts.directories.emplace(key, named_directory(given, key, facts));
  }
}

// True for files that belong in a directory of artefacts: those, signatures, lists of checksums
// (SHA256SUMS), and what front ends and killed steps leave. Sources contain directories, and files
// with other extensions.
bool is_earlier_result(int directory, const dirent& entry) {
  const std::string name = entry.d_name;
  if (name == ".gitignore" || name.starts_with("rind-private-")) return true;
  struct stat st = {};
  // Not every file system gives the type with the name.
  if (!sys::try_lstat(directory, entry.d_name, st) || S_ISDIR(st.st_mode)) {
    return false;
  }
  for (const char* end : {".whl", ".gz", ".zip", ".asc", ".sig", ".sha256", ".metadata"}) {
    if (name.ends_with(end)) return true;
  }
  return name.find('.') == std::string::npos;
}

// True when the directory contains more than earlier results. A repository of results can be large,
// so the first entries decide.
bool holds_more_than_results(const std::string& path) {
  constexpr int kMostEntries = 4096;
  const Fd directory = open_canonical(path, O_RDONLY | O_DIRECTORY);
  bool more = false;
  int left = kMostEntries;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    more = !is_earlier_result(directory.get(), entry);
    return !more && --left > 0;
  });
  return more;
}

// Gathers facts about the directories that a hook writes to.
void look_at_directories(CallFacts& facts) {
  bool elsewhere = false;
  for (const auto& [key, path] : facts.directories) {
    if (holds_more_than_results(path)) facts.with_sources.insert(path);
    elsewhere = elsewhere || !is_within(path, facts.cwd);
  }
  if (facts.by_interpreter && elsewhere) facts.front_ends_projects = projects_of(::getppid());
}

// Finds the wheel that an earlier step left beside its metadata. Only the gate puts files there
// (helper/outputs/collect.h); the directory belongs to the front end.
void find_built_wheel(const HookCall& hook, CallFacts& facts) {
  const auto metadata = facts.directories.find("metadata_directory");
  if (!hook.hook.starts_with("build_") || metadata == facts.directories.end()) return;
  const std::string path = parent_of(metadata->second);
  const auto is_file = [](int directory, const std::string& name) {
    struct stat st = {};
    return sys::try_lstat(directory, name, st) && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
           st.st_uid == ::geteuid();
  };
  const Fd directory = open_canonical(path, O_RDONLY | O_DIRECTORY);
  std::string marker;
  for (const char* name : kBuiltMarkers) {
    if (is_file(directory.get(), name)) marker = name;
  }
  if (marker.empty()) return;
  std::vector<std::string> wheels;
  sys::for_each_entry(directory.get(), path, [&](const dirent& entry) {
    const std::string name = entry.d_name;
    if (name.ends_with(".whl") && is_file(directory.get(), name)) wheels.push_back(name);
    return wheels.size() < 2;
  });
  // With several the hook builds again.
  if (wheels.size() != 1) return;
  facts.built_before = {path + "/" + marker, path + "/" + wheels[0]};
}

// Finds the file that execvp(3) would execute, and whether an absolute element of PATH led to it.
void find_executable(const Call& call, CallFacts& facts) {
  const auto take = [&](const std::string& path) {
    if (!sys::may_access(path, X_OK)) return false;
    const PathFact fact = path_fact(path);
    if (fact.type != PathFact::Type::kFile) return false;
    facts.executable = fact.canonical;
    facts.found_at = path_fact(parent_of(path)).canonical + path.substr(path.rfind('/'));
    facts.found_by_absolute_path = path[0] == '/';
    return true;
  };
  const std::string directories = variable(call.environment, "PATH").value_or("/usr/bin:/bin");
  for (const auto& path : search_candidates(call.command[0], directories)) {
    if (take(path)) return;
  }
}

std::vector<std::string> tool_directories(const kit::Manifest& manifest) {
  std::vector<std::string> directories;
  for (const auto& path : image_bins(manifest)) {
    const PathFact fact = path_fact(path);
    if (fact.type == PathFact::Type::kDirectory) directories.push_back(fact.canonical);
  }
  return directories;
}

// The directories that variables name, for the variables of writable views only: a value may name a
// network file system that does not answer.
std::vector<std::pair<std::string, std::string>> named_directories(const Call& call,
                                                                   const kit::Manifest& manifest,
                                                                   const Policy& policy) {
  std::vector<std::pair<std::string, std::string>> named;
  std::set<std::string> wanted;
  for (const auto& key : written_keys(policy)) {
    if (key[0] == '$') wanted.insert(key.substr(1, key.find('/') - 1));
  }
  const auto add = [&](const std::string& name, const std::string& value) {
    if (wanted.count(name) == 0 || value.empty() || value[0] != '/') return;
    const PathFact fact = path_fact(value);
    if (fact.type == PathFact::Type::kDirectory) named.emplace_back(name, fact.canonical);
  };
  for (const auto& entry : call.environment) {
    const size_t equals = entry.find('=');
    if (equals != std::string::npos) add(entry.substr(0, equals), entry.substr(equals + 1));
  }
  for (const auto& [name, value] : manifest.variables) add(name, value);
  return named;
}

// True when VIRTUAL_ENV is the environment of the front end itself: the container was started with
// it, or it contains the covered script.
bool is_front_ends(const kit::Manifest& manifest, const std::string& value,
                   const std::string& canonical) {
  const auto found = manifest.environment.find("VIRTUAL_ENV");
  if (found != manifest.environment.end() && found->second == sha256_hex(value)) return true;
  for (const auto& seam : manifest.seams) {
    if (seam.kind == kit::SeamKind::kScript && is_within(seam.path, canonical)) return true;
  }
  return false;
}

// The build environments in the work directory: they are not source trees.
std::vector<std::string> environments_in(const std::string& work) {
  std::vector<std::string> found;
  const Fd directory = sys::open(AT_FDCWD, work, O_PATH | O_DIRECTORY);
  sys::for_each_entry(directory.get(), work, [&](const dirent& entry) {
    const std::string path = work + "/" + entry.d_name;
    if (entry.d_name[0] != '.' && sys::may_access(path + "/pyvenv.cfg", F_OK)) {
      found.push_back(path);
    }
    return true;
  });
  return found;
}

// True for a directory that a front end builds from: not an environment of the image.
bool is_project(const kit::Manifest& manifest, const std::string& directory) {
  return !is_own_environment(manifest.environments, directory) && looks_like_project(directory);
}

}  // namespace

CallFacts gather_call_facts(const Call& call, const kit::Manifest& manifest, const Policy& policy) {
  CallFacts facts;
  facts.cwd = working_directory();
  facts.by_interpreter = call.by_interpreter;
  facts.input_is_terminal = ::isatty(STDIN_FILENO) != 0;
  struct stat input = {};
  facts.input_is_pipe =
      ::fstat(STDIN_FILENO, &input) == 0 && (S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode));
  cpu_set_t processors = {};
  // EINVAL: the machine has more processors than the set has room for.
  const bool counted = ::sched_getaffinity(0, sizeof processors, &processors) == 0;
  facts.processors = counted ? static_cast<unsigned>(CPU_COUNT(&processors)) : CPU_SETSIZE;
  facts.front_ends_environment = environment_of_parent(manifest);
  if (call.by_interpreter) {
    facts.virtual_env = call.interpreter_environment;
    facts.cwd_is_project = is_project(manifest, facts.cwd);
  } else if (const auto value = variable(call.environment, "VIRTUAL_ENV");
             value && !value->empty()) {
    const PathFact fact = path_fact(*value);
    if (fact.type == PathFact::Type::kDirectory && fact.canonical != "/") {
      facts.virtual_env = fact.canonical;
      facts.front_ends_env = is_front_ends(manifest, *value, fact.canonical);
    }
  }
  find_executable(call, facts);
  if (call.command.size() > 1 && call.command[1] == "-m") {
    // Not every project: operators start front ends in the one that has their settings.
    facts.cwd_is_packages =
        !unpacked_sources(facts.cwd).empty() ||
        runs_package_code(facts.executable, call.command, call.environment) ||
        (is_project(manifest, facts.cwd) && !replaced_modules_in(facts.cwd).empty());
  }
  if (!call.by_interpreter) {
    for (auto& path : settings_of_call(call.command, call.environment, facts.cwd)) {
      const bool packages = !unpacked_sources(parent_of(path)).empty();
      facts.tool_settings.push_back({std::move(path), packages});
    }
    facts.tool_directories = tool_directories(manifest);
    facts.named_directories = named_directories(call, manifest, policy);
  }
  if (!facts.virtual_env.empty() && !facts.front_ends_env) {
    const std::string work = parent_of(facts.virtual_env);
    const std::string named = work + work.substr(work.rfind('/'));
    struct stat st = {};
    if (sys::try_lstat(named, st) && S_ISDIR(st.st_mode)) facts.named_source = named;
    facts.environments = environments_in(work);
    facts.beside = look_beside(facts.named_source);
    const std::string source = call.pip_wheel ? call.pip_wheel->source : std::string();
    const std::string place = source.empty() ? facts.cwd : path_fact(source).canonical;
    const bool beside = !named.empty() && is_within(place, work) && !is_within(place, named);
    if (beside && is_project(manifest, place)) facts.project_in_work = place;
    facts.asks_interpreter = asks_interpreter(call, facts, manifest);
  }
  if (const auto& hook = call.hook) {
    facts.hook_script = path_fact(call.command[1]).canonical;
    facts.control = named_directory(hook->control, "the control directory", facts);
    gather_kwargs(facts);
    look_at_directories(facts);
    find_built_wheel(*hook, facts);
  } else if (const auto& pip = call.pip_wheel; pip && !call.by_interpreter) {
    facts.wheel_directory = named_new(pip->wheel_directory, "--wheel-dir", facts);
    facts.log = named_new(pip->log, "--log", facts);
    if (!pip->source.empty()) facts.source = path_fact(pip->source).canonical;
  } else if (!facts.asks_interpreter) {
    gather_places(facts, call, manifest);
  }
  if (facts.named_source.empty()) facts.beside = look_beside(facts.project);
  if (!facts.beside.work.empty()) facts.beside.prefixes = image_prefixes(manifest);
  return facts;
}

}  // namespace rind
