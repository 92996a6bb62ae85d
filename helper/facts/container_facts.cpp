// Facts of the container and its kernel.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/error.h"
#include "common/base/look.h"
#include "common/base/resolve.h"
#include "common/base/sys.h"
#include "common/base/text.h"
#include "common/kit/host_mounts.h"
#include "helper/facts/builder_settings.h"
#include "helper/facts/cache_facts.h"
#include "helper/facts/capture_facts.h"
#include "helper/facts/cgroup.h"
#include "helper/facts/device_facts.h"
#include "helper/facts/environment_bin.h"
#include "helper/facts/gather.h"
#include "helper/facts/id_facts.h"
#include "helper/facts/interpreter_facts.h"
#include "helper/facts/links.h"
#include "helper/facts/named_facts.h"
#include "helper/facts/own_mounts.h"
#include "helper/facts/package_directories.h"
#include "helper/facts/paths.h"
#include "helper/facts/query_facts.h"
#include "helper/facts/repository_facts.h"
#include "helper/facts/source_facts.h"
#include "helper/facts/told_facts.h"
#include "helper/facts/tree_facts.h"
#include "helper/facts/variable_paths.h"

namespace rind {
namespace {

uint64_t effective_capabilities() {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0) throw_errno("get capabilities");
  return data[0].effective | static_cast<uint64_t>(data[1].effective) << 32;
}

// Adds the parts of a Python prefix that an interpreter needs. Not the whole prefix: ~/.local is a
// prefix, too, and contains other files.
void add_prefix(Facts& facts, const std::string& prefix) {
  for (const char* part : {"/bin", "/lib", "/lib64", "/include", "/pyvenv.cfg"}) {
    const PathFact fact = path_fact(prefix + part);
    if (fact.type == PathFact::Type::kAbsent || fact.type == PathFact::Type::kOther) continue;
    facts.interpreter.push_back({fact.canonical, fact.type == PathFact::Type::kDirectory});
  }
}

// Gathers the links from the build environment's python to the real one, and the prefixes on that
// way. It does not use pyvenv.cfg: any wheel can install one that names a directory it wants to
// see.
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

// Adds the links on the way to the paths of the call: the step must find those names.
void add_links(Facts& facts, const Call& call) {
  std::vector<std::string> named = {call.command[0],
                                    variable(call.environment, "VIRTUAL_ENV").value_or("")};
  if (call.hook) named.push_back(call.command[1]);
  for (const auto& path : named) {
    if (path.empty() || path[0] != '/') continue;
    for (auto& link : links_on_the_way(path)) facts.links.push_back(std::move(link));
  }
}

// True where an install may run what is in these directories: it has a network, and a hook has
// none.
bool has_own_pip(const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(), [](const auto& directory) {
    return path_fact(directory + "/pip").type != PathFact::Type::kAbsent;
  });
}

// True where a step is made of each call of the environment's interpreters. Another interpreter
// would run as the builder what a hook left.
bool has_only_covered_interpreters(const kit::Manifest& manifest, const std::string& environment) {
  const Fd bin = open_bin(environment);
  if (!bin) return false;
  const std::vector<std::string> names = interpreters_in(bin, environment);
  return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return is_images_interpreter(manifest, environment, environment + "/bin/" + name, true);
  });
}

void gather_package_directories(Facts& facts, const Step& step) {
  if (step.kind != Step::Kind::kHook && step.kind != Step::Kind::kPipWheel) return;
  if (step.environment_is_packages &&
      has_only_covered_interpreters(facts.manifest, step.build_environment)) {
    std::vector<std::string> own = package_directories(step.build_environment);
    if (!has_own_pip(own)) facts.package_directories = std::move(own);
  }
  for (const auto& environment : facts.made_for_build) {
    for (auto& path : package_directories(environment)) {
      facts.package_directories.push_back(std::move(path));
    }
  }
}

// Removes the facts about an environment whose installed packages the step does not see.
void forget_below(Facts& facts, const std::string& environment) {
  const auto inside = [&](const auto& found) { return is_within(found.path, environment); };
  std::erase_if(facts.links, inside);
  std::erase_if(facts.named, inside);
}

// Gathers facts about the directories of cow views.
void gather_caches(Facts& facts, const Policy& policy, const VariableSources& sources) {
  for (const auto& [key, spec] : policy.views) {
    if (spec.view != View::kCow) continue;
    std::vector<PathFact>& found = facts.paths[key];
    for (auto& fact : found) {
      if (fact.type != PathFact::Type::kDirectory || fact.other_home) continue;
      fact.content = content_of_cache(fact.canonical);
    }
    if (key[0] != '$' || key.find('/') != std::string::npos) continue;
    const auto value = value_in_call(key.substr(1), sources.call, sources.ccache);
    if (!value || value->empty()) continue;
    const std::string home = variable(sources.call.environment, "HOME").value_or("");
    const std::string spelled = absolute_value(*value, home);
    auto path = path_to_make(spelled);
    // A package must not choose where the builder makes a directory.
    if (!path || (*path != spelled && sources.trees.lead_out(spelled, *path))) continue;
    facts.missing.push_back({key, std::move(*path)});
  }
}

void gather_host_mounts(Facts& facts, OwnMounts& mounts) {
  if (!facts.manifest.may_show_host) return;
  for (const auto& mount : kit::host_mounts(mounts.table(), facts.manifest.host_places)) {
    const PathFact fact = path_fact(mount.path);
    if (fact.type == PathFact::Type::kAbsent) continue;
    facts.host_mounts.push_back(
        {fact.canonical, mount.rule, fact.type == PathFact::Type::kDirectory});
  }
}

// Above the sources in a front end's work directory lies the work of the front end.
void gather_repository(Facts& facts, const Step& step) {
  facts.repository = repository_of(step.source, step.is_project, facts.uid);
  const Facts::Repository& repository = facts.repository;
  facts.links.insert(facts.links.end(), repository.links.begin(), repository.links.end());
  for (const auto& path : repository.directories) {
    if (is_closed_to_others(path, true)) facts.unreadable.push_back(path);
  }
}

// The paths that the step may see or passes.
std::vector<std::string> shown_paths(const Facts& facts, const Step& step,
                                     const std::vector<ExtraView>& extra) {
  std::vector<std::string> paths = {step.build_environment, step.source, step.control, step.log,
                                    step.script};
  for (const auto& [key, of_key] : facts.paths) {
    for (const auto& fact : of_key) paths.push_back(fact.canonical);
  }
  for (const auto& view : extra) paths.push_back(view.path);
  for (const auto& output : step.outputs) paths.push_back(output.path);
  for (const auto& capture : step.captures) paths.push_back(capture.path);
  for (const auto& path : step.directories) paths.push_back(path);
  for (const auto& path : step.built_before) paths.push_back(path);
  for (const auto& part : facts.interpreter) paths.push_back(part.path);
  for (const auto& part : facts.named) paths.push_back(part.path);
  for (const auto& settings : facts.copied_settings) paths.push_back(settings.path);
  for (const auto& link : facts.links) paths.push_back(link.path);
  for (const auto& told : facts.told) {
    paths.push_back(told.path);
    for (const auto& part : told.beside) paths.push_back(part.path);
  }
  paths.push_back(facts.repository.top);
  for (const auto& path : facts.repository.directories) paths.push_back(path);
  return paths;
}

}  // namespace

// The type is read for each entry: not every file system gives it with the name (DT_UNKNOWN).
std::vector<Facts::TopLevel> gather_top_level() {
  std::vector<Facts::TopLevel> found;
  const Fd root = sys::open(AT_FDCWD, "/", O_PATH | O_DIRECTORY);
  sys::for_each_entry(root.get(), "/", [&](const dirent& entry) {
    struct stat st = {};
    if (!sys::try_lstat(root.get(), entry.d_name, st)) {
      if (errno == ENOENT) return true;  // just removed
      throw_errno("look at", std::string("/") + entry.d_name);
    }
    if (!S_ISLNK(st.st_mode)) {
      found.push_back({std::string("/") + entry.d_name, S_ISDIR(st.st_mode)});
    }
    return true;
  });
  return found;
}

Facts gather_facts(const Policy& policy, const kit::Manifest& manifest, const Call& call,
                   const CallFacts& call_facts, const Step& step,
                   const std::vector<ExtraView>& extra) {
  Facts facts;
  facts.uid = ::geteuid();
  facts.gid = ::getegid();
  facts.capabilities = effective_capabilities();
  facts.manifest = manifest;
  OwnMounts mounts;
  gather_host_mounts(facts, mounts);
  facts.devices = device_facts(policy.devices);
  gather_ids(facts);
  facts.pids_max = pids_max();
  const std::vector<Home> homes = homes_of(call, facts);
  const std::string home = homes.empty() ? std::string() : homes.front().value;
  const PackageTrees trees(step, home);
  const CcacheSettings ccache = ccache_settings(call.environment, home, trees);
  const VariableSources sources = {call, facts, homes, ccache, trees};
  facts.ccache_log = ccache.log;
  const auto look = [&](const std::string& key, bool shows = false) {
    facts.paths.emplace(key, paths_of(key, sources, shows));
  };
  for (const auto& [key, spec] : policy.views) {
    look(key, spec.view != View::kHidden && spec.view != View::kPrivate);
  }
  for (const auto& path : policy.hide) look(path);
  for (const auto& path : manifest.sockets) look(path);
  look("$TMPDIR");
  look("$HOME");
  look(policy.record.directory);
  look("/etc/passwd");
  gather_home_settings(facts, policy);
  if (!step.build_environment.empty()) gather_interpreter(facts, step.build_environment);
  add_links(facts, call);
  facts.copies = copies_in(manifest, step.build_environment);
  size_t budget = kContentBudget;
  if (!step.script.empty()) {
    facts.script = content_of_closed(step.script, budget);
    if (!facts.script && is_closed_to_others(step.script, false)) {
      facts.unreadable.push_back(step.script);
    }
  }
  gather_named(facts, call, step, budget);
  facts.inner_environments = environments_in_sources(step.source);
  for (const auto& path : step.beside) {
    for (auto& inner : environments_in_sources(path)) {
      facts.inner_environments.push_back(std::move(inner));
    }
  }
  gather_package_directories(facts, step);
  gather_repository(facts, step);
  gather_copied_settings(facts, step, trees);
  gather_trees(facts, mounts, step, written_trees(facts, policy, step, extra));
  const bool lent = step.kind == Step::Kind::kInstall;
  if (step.asks_interpreter) {
    facts.bare = bare_environment(policy, manifest, call_facts);
    forget_below(facts, step.build_environment);
  } else if (!step.build_environment.empty() && !lent) {
    show(facts, step.build_environment, budget);
  }
  gather_captures(facts, step);
  gather_caches(facts, policy, sources);
  gather_told(facts, policy, call, step);
  gather_closed(facts, shown_paths(facts, step, extra), {call_facts.cwd});
  return facts;
}

}  // namespace rind
