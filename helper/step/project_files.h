// The files by which Rind knows what a directory is.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace rind {

// A regular file of such a name makes a directory a project: a step gets all of it as its sources.
inline constexpr const char* kProjectFiles[] = {"pyproject.toml", "setup.py"};
// This one makes it an environment, which is no project.
inline constexpr const char* kEnvironmentFile = "pyvenv.cfg";

// True for a name that decides what its directory is.
inline bool tells_what_it_is(const std::string& name) {
  return name == kEnvironmentFile || std::find(std::begin(kProjectFiles), std::end(kProjectFiles),
                                               name) != std::end(kProjectFiles);
}

// True for a path in a project under which poetry, pdm, tox or nox take a directory for an
// environment by its interpreter alone: .venv, venv, env, .tox/NAME, .nox/NAME.
inline bool is_projects_environment(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return false;
  const std::string_view name = std::string_view(path).substr(slash + 1);
  const std::string_view above = std::string_view(path).substr(0, slash);
  return name == ".venv" || name == "venv" || name == "env" || above.ends_with("/.tox") ||
         above.ends_with("/.nox");
}

// True for a name that Fromager gives to a build environment in a work directory: build-3.13.1. It
// takes a directory of this name for its own, and runs what is in it.
inline bool is_environments_name(const std::string& name) {
  constexpr std::string_view kStart = "build-";
  if (!name.starts_with(kStart)) return false;
  const size_t end = name.find_first_not_of("0123456789", kStart.size());
  return end != std::string::npos && end > kStart.size() && name[end] == '.';
}

// True for a name by which importlib.metadata and pkg_resources take what lies there for an
// installed package: they compare without case. Front ends run its entry points.
inline bool counts_as_installed(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name.ends_with(".dist-info") || name.ends_with(".egg-info") || name.ends_with(".egg") ||
         name.ends_with(".egg-link");
}

}  // namespace rind
