// Hook files as engines read them (oci-hooks(5), schema 1.0.0). Pure.
#pragma once

#include <string>
#include <vector>

#include "common/kit/finding.h"

namespace rind::hook {

// What one hook file says.
struct HookFile {
  std::string directory, name;
  std::string trouble;      // why no engine can read it; empty when all can
  bool precreate = false;   // a stage that only podman knows
  std::string program;      // hook.path
  bool executable = false;  // there is such a program; filled in by who looks at the host
  bool has_timeout = false, always = false, prestart = false, poststart = false;
  bool ours = false;

  std::string path() const { return directory + "/" + name; }
};

// Reads the text of DIRECTORY/NAME. hook_path: of the installed rind-hook; a file that starts
// another program of that name is ours, too.
HookFile parse_hook_file(const std::string& directory, const std::string& name,
                         const std::string& text, const std::string& hook_path);

// Where engines look without being told, so that every engine meets what lies there.
inline constexpr const char* kShareHooks = "/usr/share/containers/oci/hooks.d";
inline constexpr const char* kEtcHooks = "/etc/containers/oci/hooks.d";

// One finding a file that is ours or that is wrong: what an engine makes of it.
Findings judge_hook_files(const std::vector<HookFile>& files);

// How often an engine that reads `directories` starts our hook. by_name: of two files with one
// name, only the one in the later directory counts (podman, CRI-O; in buildah both do).
size_t times_started(const std::vector<HookFile>& files,
                     const std::vector<std::string>& directories, bool by_name);

}  // namespace rind::hook
