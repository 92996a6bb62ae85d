// Which engine reads which hook directories. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/kit/finding.h"
#include "hook/check/check_files.h"

namespace rind::hook {

// A configuration file that is there: its path and its text.
using ConfigFile = std::pair<std::string, std::string>;

// Where podman looks for containers.conf, in the order in which files are laid over each other.
struct PodmanPlaces {
  unsigned major = 4;  // podman's version: 5 added places, 6 added some more
  bool rootless = false;
  unsigned uid = 0;               // of the rootless user
  std::string config_home;        // that user's ~/.config; "" when nobody's is to be asked
  std::string replaced_by, also;  // CONTAINERS_CONF and CONTAINERS_CONF_OVERRIDE
};
// Files, and directories (with a slash at the end) whose *.conf are read in the order of their
// names. From containers/common, pkg/config/new.go (5.x), and containers-config(5) of podman 6.
std::vector<std::string> podman_config_places(const PodmanPlaces& places);

// An engine as it is on this host.
struct Engine {
  enum class Kind { kPodman, kBuildah, kCrio } kind = Kind::kPodman;
  bool rootless = false;
  bool installed = false;
  std::vector<ConfigFile> config;  // in order
  std::string trouble;             // why the configuration cannot be known
};
std::string engine_id(const Engine& engine);

// The directories in which it looks. Throws Error when its configuration cannot be read.
std::vector<std::string> hook_directories(const Engine& engine);

// Whether it starts our hook. files: all that lie in any engine's directories.
Finding judge_engine(const Engine& engine, const std::vector<HookFile>& files);

}  // namespace rind::hook
