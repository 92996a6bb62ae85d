// Which engine reads which directories of hook files. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/kit/finding.h"
#include "hook/check/check_files.h"

namespace rind::hook {

// An existing configuration file: its path and its text.
using ConfigFile = std::pair<std::string, std::string>;

// What decides where podman searches for containers.conf.
struct PodmanPlaces {
  unsigned major = 4;  // podman's version: versions 5 and 6 added directories
  bool rootless = false;
  unsigned uid = 0;               // of the rootless user
  std::string config_home;        // that user's ~/.config; "": read no user's configuration
  std::string replaced_by, also;  // CONTAINERS_CONF and CONTAINERS_CONF_OVERRIDE
};
// The files, in the order in which podman reads them; a later file overrides earlier ones. A path
// with a slash at its end is a directory: its *.conf are read in the order of their names. From
// containers/common, pkg/config/new.go (5.x), and containers-config(5) of podman 6.
std::vector<std::string> podman_config_places(const PodmanPlaces& places);

// An engine on this host.
struct Engine {
  enum class Kind { kPodman, kBuildah, kCrio } kind = Kind::kPodman;
  bool rootless = false;
  bool installed = false;
  std::vector<ConfigFile> config;  // in order
  std::string trouble;             // why the configuration could not be read
};
// The id of its finding.
std::string engine_id(const Engine& engine);

// The directories that it searches for hook files. Throws Error when its configuration is invalid.
std::vector<std::string> hook_directories(const Engine& engine);

// Checks whether it starts rind-hook exactly once. files: the hook files of all engines.
Finding judge_engine(const Engine& engine, const std::vector<HookFile>& files);

}  // namespace rind::hook
