#include "helper/tools/made_up_call.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "common/base/error.h"
#include "common/base/json.h"
#include "common/base/look.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "helper/facts/paths.h"
#include "helper/supervisor/scratch.h"

namespace rind {
namespace {

constexpr const char* kWhat = "prepare the hook call";

// The arguments of each hook that name directories (PEP 517, PEP 660).
std::vector<std::string> directories_of(const std::string& hook) {
  if (hook == "build_wheel" || hook == "build_editable") return {"wheel_directory"};
  if (hook == "build_sdist") return {"sdist_directory"};
  if (hook == "prepare_metadata_for_build_wheel" || hook == "prepare_metadata_for_build_editable") {
    return {"metadata_directory"};
  }
  if (hook == "get_requires_for_build_wheel" || hook == "get_requires_for_build_sdist" ||
      hook == "get_requires_for_build_editable") {
    return {};
  }
  throw Error(kWhat, "\"" + hook + "\" is not a hook of PEP 517 or PEP 660",
              "name a hook such as build_wheel");
}

// Finds the build environment beside `source`: the newest directory with a pyvenv.cfg.
std::string environment_beside(const std::string& source) {
  const std::string work = parent_of(source);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(work.c_str()), &::closedir);
  if (!dir) throw_errno("read directory", work);
  std::string newest;
  time_t newest_time = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string path = work + "/" + entry->d_name;
    struct stat st = {};
    if (entry->d_name[0] == '.' || !sys::try_stat(path + "/pyvenv.cfg", st)) continue;
    if (newest.empty() || st.st_mtime > newest_time) {
      newest = path;
      newest_time = st.st_mtime;
    }
  }
  if (newest.empty()) {
    throw Error(kWhat, "there is no build environment in " + work,
                "name the sources as the front end lays them out, WORK/NAME-VERSION/NAME-VERSION, "
                "after a build that made the environment");
  }
  return newest;
}

void set(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
  environment.erase(
      std::remove_if(environment.begin(), environment.end(),
                     [&](const auto& entry) { return entry.rfind(name + "=", 0) == 0; }),
      environment.end());
  environment.push_back(name + "=" + value);
}

std::string make_directory() {
  char name[] = "/tmp/rind-call-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw_errno("make a temporary directory", name);
  return name;
}

// The front end's own directory, canonical.
std::string named_output(const std::string& output, const std::vector<std::string>& names,
                         const std::string& hook) {
  if (names.empty())
    throw Error(kWhat, hook + " leaves nothing in a directory",
                "leave out --output, or name a hook that builds something");
  const PathFact fact = path_fact(output);
  if (fact.type == PathFact::Type::kDirectory) return fact.canonical;
  throw Error(kWhat, output + " is not a directory", "name the front end's output directory");
}

}  // namespace

std::string usual_output(const std::string& hook, const std::string& source) {
  const std::string sources = path_fact(source).canonical;
  if (sources.empty() || directories_of(hook).empty()) return {};
  const std::string kind = directories_of(hook).front();
  if (kind == "metadata_directory") return {};
  const std::string top = parent_of(parent_of(parent_of(sources)));
  const std::string prefix = top == "/" ? "" : top;
  for (const char* name : {"/wheels-repo/build", "/wheels/build"}) {
    const std::string below = kind == "wheel_directory" ? name : "/sdists-repo/builds";
    const PathFact fact = path_fact(prefix + below);
    if (fact.type == PathFact::Type::kDirectory) return fact.canonical;
  }
  return {};
}

PretendedHook::PretendedHook(const std::string& hook, const std::string& source,
                             const std::string& output, std::vector<std::string> environment) {
  const std::vector<std::string> names = directories_of(hook);
  const PathFact fact = path_fact(source);
  if (fact.type != PathFact::Type::kDirectory || fact.canonical == "/") {
    throw Error(kWhat, source + " is not a source directory",
                "name a directory with the package's sources");
  }
  source_ = fact.canonical;
  const std::string virtual_env = environment_beside(source_);
  const std::string real = output.empty() ? output : named_output(output, names, hook);
  directory_ = make_directory();
  const std::string control = directory_ + "/control";
  sys::make_directory(AT_FDCWD, control, 0700);
  Json kwargs = Json::object();
  made_up_ = {"control"};
  for (const auto& name : names) {
    kwargs[name] = real.empty() ? directory_ + "/" + name : real;
    if (!real.empty()) continue;
    made_up_.push_back(name);
    sys::make_directory(AT_FDCWD, directory_ + "/" + name, 0755);
  }
  sys::make_file(AT_FDCWD, control + "/input.json", Json{{"kwargs", kwargs}}.dump(), 0644);
  set(environment, "PATH",
      virtual_env + "/bin:" + variable(environment, "PATH").value_or("/usr/bin:/bin"));
  set(environment, "VIRTUAL_ENV", virtual_env);
  call_.emplace(
      std::vector<std::string>{virtual_env + "/bin/python3", "_in_process.py", hook, control},
      std::move(environment));
}

PretendedHook::~PretendedHook() {
  try {
    const Fd tmp = sys::open(AT_FDCWD, parent_of(directory_), O_RDONLY | O_DIRECTORY);
    remove_tree(tmp.get(), base_name(directory_));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): in /tmp; a destructor does not throw
  }
}

}  // namespace rind
