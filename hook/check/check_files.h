// Checks hook files as engines read them (oci-hooks(5), schema 1.0.0). Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/kit/finding.h"

namespace rind::hook {

// The contents of one hook file.
struct HookFile {
  std::string directory, name;
  std::string trouble;      // why engines cannot read it; empty when they can
  bool precreate = false;   // a stage that only podman supports
  std::string program;      // hook.path
  bool executable = false;  // the program exists; find_hook_files sets it
  bool has_timeout = false, always = false, prestart = false, poststart = false;
  bool ours = false;                   // it starts rind-hook
  std::vector<std::string> arguments;  // hook.args, with argv[0]

  std::string path() const { return directory + "/" + name; }
};

// Parses the text of DIRECTORY/NAME. hook_path: the installed rind-hook. A file that starts another
// program with the same file name is also `ours`.
HookFile parse_hook_file(const std::string& directory, const std::string& name,
                         const std::string& text, const std::string& hook_path);

// The directories that engines read by default.
inline constexpr const char* kShareHooks = "/usr/share/containers/oci/hooks.d";
inline constexpr const char* kEtcHooks = "/etc/containers/oci/hooks.d";

// The options of the hook in a hook file of ours, such as {"--config", "/etc/rind"}. Throws Error
// for arguments that the hook does not understand: it would refuse every container.
std::map<std::string, std::string> hook_options(const HookFile& file);

// Warns where a hook file of ours names other files than those that the check looks at. checked: by
// option.
Findings judge_options(const std::vector<HookFile>& files,
                       const std::map<std::string, std::string>& checked);

// Findings about files that start rind-hook, and about files that break an engine.
Findings judge_hook_files(const std::vector<HookFile>& files);

// How often an engine that reads `directories` starts rind-hook. by_name: if two files have the
// same name, only the one in the later directory counts (podman and CRI-O; buildah uses both).
size_t times_started(const std::vector<HookFile>& files,
                     const std::vector<std::string>& directories, bool by_name);

}  // namespace rind::hook
