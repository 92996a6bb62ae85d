#include "helper/gather.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "common/error.h"
#include "common/hash.h"
#include "common/json.h"
#include "common/resolve.h"
#include "common/sys.h"
#include "helper/links.h"

namespace rind {
namespace {

std::string working_directory() {
  char buffer[PATH_MAX];
  if (::syscall(SYS_getcwd, buffer, sizeof buffer) < 0) throw_errno("get the working directory");
  // The kernel prefixes "(unreachable)" when it lies outside of our root (CVE-2024-21626).
  if (buffer[0] != '/') throw Error("get the working directory", "it is outside of the root");
  return buffer;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A directory that a front end names. Throws Error unless it is there and is no link itself.
std::string named_directory(const std::string& path, const std::string& name) {
  const std::string what = "recognise the step";
  if (path.empty() || path[0] != '/') throw Error(what, name + " is not an absolute path");
  struct stat st = {};
  if (::lstat(path.c_str(), &st) != 0) throw_errno("look at " + name, path);
  if (!S_ISDIR(st.st_mode)) throw Error(what, name + " " + path + " is not a directory");
  return path_fact(path).canonical;
}

// A path whose last component may not exist yet, and is no link.
std::string named_new(const std::string& path, const std::string& name) {
  if (path.empty()) return {};
  std::string absolute = path[0] == '/' ? path : working_directory() + "/" + path;
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  const std::string last = absolute.substr(absolute.rfind('/') + 1);
  if (last.empty() || last == "." || last == "..") {
    throw Error("recognise the step", name + " " + path + " ends in no name");
  }
  const PathFact parent = path_fact(parent_of(absolute));
  if (parent.type != PathFact::Type::kDirectory) {
    throw Error("recognise the step", "the directory of " + name + " " + path + " does not exist");
  }
  std::string canonical = parent.canonical == "/" ? "" : parent.canonical;
  canonical += absolute.substr(absolute.rfind('/'));
  struct stat st = {};
  if (::lstat(canonical.c_str(), &st) == 0 && S_ISLNK(st.st_mode)) {
    throw Error("recognise the step", name + " " + path + " is a symbolic link");
  }
  return canonical;
}

// CONTROL/input.json: {"kwargs": {...}} (and "args" in old pep517).
std::map<std::string, std::string> kwargs_directories(const std::string& control) {
  constexpr size_t kInputLimit = 1024 * 1024;
  const std::string name = control + "/input.json";
  const Fd directory = open_canonical(control, O_PATH | O_DIRECTORY);
  const Fd file = sys::open(directory.get(), "input.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const struct stat st = sys::stat_fd(file.get(), name);
  if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
    throw Error("read " + name, "it is not a regular file with one name");
  }
  const Json value = parse_json(sys::read_all(file.get(), kInputLimit, name), name);
  JsonObject top(value, name);
  if (top.has("args")) top.any("args");
  std::map<std::string, std::string> directories;
  if (top.has("kwargs")) {
    JsonObject kwargs = top.object("kwargs");
    constexpr std::string_view kSuffix = "_directory";
    for (const auto& key : kwargs.keys()) {
      if (key.size() < kSuffix.size() ||
          key.compare(key.size() - kSuffix.size(), kSuffix.size(), kSuffix) != 0 ||
          kwargs.any(key).is_null()) {
        continue;
      }
      directories.emplace(key, named_directory(kwargs.string(key), key));
    }
  }
  top.finish();
  return directories;
}

// The file that execvp(3) would execute, and whether an absolute element of PATH led to it.
void find_executable(const Call& call, CallFacts& facts) {
  const std::string& program = call.command[0];
  const auto take = [&](const std::string& path, bool absolute) {
    if (::access(path.c_str(), X_OK) != 0) return false;
    const PathFact fact = path_fact(path);
    if (fact.type != PathFact::Type::kFile) return false;
    facts.executable = fact.canonical;
    facts.found_at = path_fact(parent_of(path)).canonical + path.substr(path.rfind('/'));
    facts.found_by_absolute_path = absolute;
    return true;
  };
  if (program.find('/') != std::string::npos) {
    take(program[0] == '/' ? program : "./" + program, program[0] == '/');
    return;
  }
  const std::string path = variable(call.environment, "PATH").value_or("/usr/bin:/bin");
  size_t start = 0;
  while (start <= path.size()) {
    const size_t end = std::min(path.find(':', start), path.size());
    const std::string directory = path.substr(start, end - start);
    if (take((directory.empty() ? "." : directory) + "/" + program,
             !directory.empty() && directory[0] == '/')) {
      return;
    }
    start = end + 1;
  }
}

// VIRTUAL_ENV may be the environment that the front end itself lives in: the container was started
// with it, or the covered script lies in it.
bool is_front_ends(const kit::Manifest& manifest, const std::string& value,
                   const std::string& canonical) {
  const auto found = manifest.environment.find("VIRTUAL_ENV");
  if (found != manifest.environment.end() && found->second == sha256_hex(value)) return true;
  for (const auto& seam : manifest.seams) {
    if (seam.kind == kit::SeamKind::kScript && is_within(seam.path, canonical)) return true;
  }
  return false;
}

uint64_t effective_capabilities() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) throw_errno("get capabilities");
  return data[0].effective | static_cast<uint64_t>(data[1].effective) << 32;
}

// The entries of /etc/passwd, until `use` returns false. fgetpwent(3) reads a file and asks no name
// service: a static program has none.
template <typename Use>
void for_each_user(Use use) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(::fopen("/etc/passwd", "re"), &::fclose);
  if (!file) return;
  while (const struct passwd* entry = ::fgetpwent(file.get())) {
    if (!use(*entry)) return;
  }
}

std::string user_name(unsigned uid) {
  std::string name;
  for_each_user([&](const struct passwd& entry) {
    if (entry.pw_uid == uid) name = entry.pw_name;
    return name.empty();
  });
  return name.empty() ? std::to_string(uid) : name;
}

// See PathFact::replaced_through.
std::vector<std::string> replaced_through(const std::string& spelled, const PathFact& fact) {
  if (fact.type != PathFact::Type::kFile) return {};
  const auto place = [](const std::string& path) {
    return sys::mount_place(open_canonical(path, O_PATH).get(), path);
  };
  const sys::MountPlace file = place(fact.canonical);
  std::string top = parent_of(fact.canonical);
  std::vector<std::string> directories;
  if (!file.is_root) {
    directories.push_back(top);
    // Kubernetes swaps a link at the top of the mount.
    while (top != "/" && !place(top).is_root) top = parent_of(top);
    if (top != "/") directories.push_back(top);
  }
  const std::string parent = path_fact(parent_of(spelled)).canonical;
  if (parent != parent_of(fact.canonical) && !parent.empty()) directories.push_back(parent);
  return directories;
}

// The parts of a Python prefix that running it takes. Not the whole prefix: ~/.local is one, and
// holds more than Python.
void add_prefix(Facts& facts, const std::string& prefix) {
  for (const char* part : {"/bin", "/lib", "/lib64", "/include", "/pyvenv.cfg"}) {
    const PathFact fact = path_fact(prefix + part);
    if (fact.type == PathFact::Type::kAbsent || fact.type == PathFact::Type::kOther) continue;
    facts.interpreter.push_back({fact.canonical, fact.type == PathFact::Type::kDirectory});
  }
}

// The links from the build environment's python to the real one, and the prefixes that they pass.
// pyvenv.cfg is not asked: any wheel can bring one, and name a directory in it that it would like
// to see.
void gather_interpreter(Facts& facts, const std::string& environment) {
  const std::string python = environment + "/bin/python3";
  std::vector<std::string> places;
  for (const Link& link : links_on_the_way(python)) {
    facts.links.push_back(link);
    if (link.path.find("python", link.path.rfind('/')) != std::string::npos) {
      places.push_back(link.path);
    }
  }
  places.push_back(path_fact(python).canonical);
  for (const auto& place : places) {
    // PREFIX/bin/python3
    if (place.empty() || !parent_of(place).ends_with("/bin")) continue;
    const std::string prefix = parent_of(parent_of(place));
    if (prefix != environment && prefix != "/") add_prefix(facts, prefix);
  }
}

// Links on the way to what the call names: it must be there under that name, too.
void add_links(Facts& facts, const Call& call) {
  std::vector<std::string> named = {call.command[0],
                                    variable(call.environment, "VIRTUAL_ENV").value_or("")};
  if (hook_call(call.command)) named.push_back(call.command[1]);
  for (const auto& path : named) {
    if (path.empty() || path[0] != '/') continue;
    for (auto& link : links_on_the_way(path)) facts.links.push_back(std::move(link));
  }
}

// A value as the program that reads it would resolve it.
std::string absolute_value(const std::string& value, const std::string& home) {
  if (value.empty() || value[0] == '/') return value;
  if (value[0] == '~' && (value.size() == 1 || value[1] == '/')) {
    return home.empty() ? std::string() : home + value.substr(1);
  }
  return working_directory() + "/" + value;
}

// Adds what `value` names: a path, or where that is none a list of paths (KUBECONFIG).
void add_paths(std::vector<PathFact>& facts, const std::string& value, const std::string& suffix,
               const std::string& home) {
  const auto add = [&](const std::string& text) {
    const std::string path = absolute_value(text, home);
    if (path.empty()) return false;
    PathFact fact = path_fact(path + suffix);
    if (fact.type == PathFact::Type::kAbsent) return false;
    for (const auto& known : facts) {
      if (known.canonical == fact.canonical) return true;
    }
    fact.replaced_through = replaced_through(path + suffix, fact);
    facts.push_back(std::move(fact));
    return true;
  };
  if (add(value) || value.find(':') == std::string::npos) return;
  size_t start = 0;
  while (start <= value.size()) {
    const size_t end = std::min(value.find(':', start), value.size());
    add(value.substr(start, end - start));
    start = end + 1;
  }
}

std::string home_in_passwd(unsigned uid) {
  std::string home;
  for_each_user([&](const struct passwd& entry) {
    if (entry.pw_uid == uid) home = entry.pw_dir;
    return home.empty();
  });
  return home;
}

// What a view's key stands for: a path; or $NAME, $NAME/BELOW: by the call's value, the container's
// own, and for HOME the user's. A step that was given another HOME, or no NETRC, must not see the
// real one.
std::vector<PathFact> paths_of(const std::string& key, const Call& call,
                               const kit::Manifest& manifest, unsigned uid) {
  if (key[0] != '$') return {path_fact(key)};
  const std::string name = key.substr(1, key.find('/') - 1);
  const std::string suffix = key.substr(name.size() + 1);
  const std::string home = variable(call.environment, "HOME").value_or("");
  std::vector<PathFact> facts;
  if (const auto value = variable(call.environment, name)) add_paths(facts, *value, suffix, home);
  if (const auto own = manifest.variables.find(name); own != manifest.variables.end()) {
    add_paths(facts, own->second, suffix, home);
  }
  if (name == "HOME") add_paths(facts, home_in_passwd(uid), suffix, "");
  return facts;
}

// The build environments in the work directory: no source tree.
std::vector<std::string> environments_in(const std::string& work) {
  std::vector<std::string> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(work.c_str()), &::closedir);
  if (!dir) throw_errno("read directory", work);
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string path = work + "/" + entry->d_name;
    if (entry->d_name[0] != '.' && ::access((path + "/pyvenv.cfg").c_str(), F_OK) == 0) {
      found.push_back(path);
    }
  }
  return found;
}

}  // namespace

PathFact path_fact(const std::string& path) {
  PathFact fact;
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), &::free);
  struct stat st = {};
  if (!resolved || ::stat(resolved.get(), &st) != 0) return fact;
  fact.canonical = resolved.get();
  fact.mode = st.st_mode & 07777U;
  fact.type = S_ISDIR(st.st_mode)   ? PathFact::Type::kDirectory
              : S_ISREG(st.st_mode) ? PathFact::Type::kFile
                                    : PathFact::Type::kOther;
  return fact;
}

CallFacts gather_call_facts(const Call& call, const kit::Manifest& manifest) {
  CallFacts facts;
  facts.cwd = working_directory();
  if (const auto value = variable(call.environment, "VIRTUAL_ENV"); value && !value->empty()) {
    const PathFact fact = path_fact(*value);
    if (fact.type == PathFact::Type::kDirectory && fact.canonical != "/") {
      facts.virtual_env = fact.canonical;
      facts.front_ends_env = is_front_ends(manifest, *value, fact.canonical);
    }
  }
  find_executable(call, facts);
  if (!facts.virtual_env.empty() && !facts.front_ends_env) {
    const std::string work = parent_of(facts.virtual_env);
    const std::string named = work + work.substr(work.rfind('/'));
    struct stat st = {};
    if (::lstat(named.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) facts.named_source = named;
    facts.environments = environments_in(work);
  }
  if (const auto hook = hook_call(call.command)) {
    facts.hook_script = path_fact(call.command[1]).canonical;
    facts.control = named_directory(hook->control, "the control directory");
    facts.directories = kwargs_directories(facts.control);
  } else if (const auto pip = pip_wheel_call(call.command)) {
    facts.wheel_directory = named_new(pip->wheel_directory, "--wheel-dir");
    facts.log = named_new(pip->log, "--log");
    if (!pip->source.empty()) facts.source = path_fact(pip->source).canonical;
  }
  return facts;
}

Facts gather_facts(const Policy& policy, const kit::Manifest& manifest, const Call& call,
                   const Step* step) {
  Facts facts;
  facts.uid = ::geteuid();
  facts.gid = ::getegid();
  facts.capabilities = effective_capabilities();
  facts.user_name = user_name(facts.uid);
  facts.manifest = manifest;
  const auto look = [&](const std::string& key) {
    facts.paths.emplace(key, paths_of(key, call, manifest, facts.uid));
  };
  for (const auto& [key, unused] : policy.views) look(key);
  for (const auto& path : manifest.sockets) look(path);
  look("$TMPDIR");
  look("$HOME");
  if (step != nullptr && !step->build_environment.empty()) {
    gather_interpreter(facts, step->build_environment);
  }
  if (step != nullptr) add_links(facts, call);
  return facts;
}

void make_missing_outputs(const Step& step) {
  if (step.kind != Step::Kind::kPipWheel) return;
  for (const auto& output : step.outputs) {
    if (::mkdir(output.path.c_str(), 0777) != 0 && errno != EEXIST) {
      throw_errno("make directory", output.path);
    }
  }
  if (!step.log.empty()) {
    // An existing log is kept: pip appends.
    const Fd log =
        sys::open(AT_FDCWD, step.log, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0666);
  }
}

}  // namespace rind
