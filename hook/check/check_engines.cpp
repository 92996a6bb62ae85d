#include "hook/check/check_engines.h"

#include <algorithm>

#include "common/base/error.h"
#include "hook/check/check_toml.h"

namespace rind::hook {
namespace {

using Outcome = Finding::State;

constexpr unsigned kMorePlaces = 5, kUsrDropIns = 6;  // podman's versions

void add_rootless_places(std::vector<std::string>& files, const std::string& top,
                         const std::string& uid) {
  files.push_back(top + "/containers.rootless.conf");
  files.push_back(top + "/containers.rootless.conf.d/");
  files.push_back(top + "/containers.rootless.conf.d/" + uid + "/");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

LayeredList configured(const Engine& engine) {
  LayeredList list({kShareHooks});
  const bool crio = engine.kind == Engine::Kind::kCrio;
  for (const auto& [path, text] : engine.config) {
    list.lay_over(text, path, crio ? "crio.runtime" : "engine", "hooks_dir");
  }
  return list;
}

std::string remedy_for(const Engine& engine) {
  switch (engine.kind) {
    case Engine::Kind::kPodman:
      return "put the hook file into a directory of hooks_dir in containers.conf; 50-oci-rind.conf "
             "in /etc/containers/containers.conf.d sets hooks_dir to both default directories";
    case Engine::Kind::kCrio:
      return std::string("put the hook file into ") + kShareHooks +
             ", or add its directory to hooks_dir in [crio.runtime]";
    case Engine::Kind::kBuildah:
      break;
  }
  return engine.rootless ? std::string("build with --hooks-dir ") + kShareHooks +
                               ", never with --isolation chroot"
                         : std::string("put the hook file into ") + kShareHooks;
}

}  // namespace

std::vector<std::string> podman_config_places(const PodmanPlaces& places) {
  std::vector<std::string> files;
  if (!places.replaced_by.empty()) {
    files = {places.replaced_by};
  } else {
    const std::string usr = "/usr/share/containers", etc = "/etc/containers";
    const std::string uid = std::to_string(places.uid);
    files.push_back(usr + "/containers.conf");
    if (places.major >= kUsrDropIns) {
      files.push_back(usr + "/containers.conf.d/");
      if (places.rootless) {
        files.push_back(usr + "/containers.rootless.conf.d/");
        files.push_back(usr + "/containers.rootless.conf.d/" + uid + "/");
      } else {
        files.push_back(usr + "/containers.rootful.conf.d/");
      }
    }
    files.push_back(etc + "/containers.conf");
    files.push_back(etc + "/containers.conf.d/");
    if (places.major >= kUsrDropIns && !places.rootless) {
      files.push_back(etc + "/containers.rootful.conf.d/");
    }
    if (places.rootless && places.major >= kMorePlaces) add_rootless_places(files, etc, uid);
    if (!places.config_home.empty() && (places.rootless || places.major >= kMorePlaces)) {
      files.push_back(places.config_home + "/containers/containers.conf");
      files.push_back(places.config_home + "/containers/containers.conf.d/");
    }
  }
  if (!places.also.empty()) files.push_back(places.also);
  return files;
}

std::string engine_id(const Engine& engine) {
  switch (engine.kind) {
    case Engine::Kind::kCrio:
      return "engine.crio";
    case Engine::Kind::kBuildah:
      return engine.rootless ? "engine.build_rootless" : "engine.build_rootful";
    case Engine::Kind::kPodman:
      break;
  }
  return engine.rootless ? "engine.podman_rootless" : "engine.podman_rootful";
}

std::vector<std::string> hook_directories(const Engine& engine) {
  if (engine.kind != Engine::Kind::kBuildah) return configured(engine).values();
  // For buildah and podman build this is not configurable: root reads both, other users none.
  if (engine.rootless) return {};
  return {kShareHooks, kEtcHooks};
}

Finding judge_engine(const Engine& engine, const std::vector<HookFile>& files) {
  const std::string id = engine_id(engine);
  if (!engine.installed) return {Outcome::kOk, id, "not installed", ""};
  if (!engine.trouble.empty()) {
    return {Outcome::kUnknown, id, engine.trouble, "run the check as a user who can read the file"};
  }
  std::vector<std::string> directories;
  std::string origin;
  try {
    directories = hook_directories(engine);
    if (engine.kind != Engine::Kind::kBuildah) origin = configured(engine).origin();
  } catch (const Error& e) {
    return failed(id, e);
  }
  const size_t times = times_started(files, directories, engine.kind != Engine::Kind::kBuildah);
  std::string reads = "reads " + (directories.empty() ? "no directory" : joined(directories));
  if (!origin.empty()) reads += " (" + origin + ")";
  if (times == 1) return {Outcome::kOk, id, reads + ": starts the hook", ""};
  if (times > 1) {
    return {Outcome::kWarning, id, reads + ": starts the hook " + std::to_string(times) + " times",
            "keep one hook file: the second start of the hook refuses every builder"};
  }
  // For rootless builds no configuration helps, only an option of each call.
  const bool by_call = engine.kind == Engine::Kind::kBuildah && engine.rootless;
  return {by_call ? Outcome::kWarning : Outcome::kFailed, id, reads + ": the hook does not run",
          remedy_for(engine)};
}

}  // namespace rind::hook
