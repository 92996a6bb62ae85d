// Reads what is installed on this host: the two programs, the policy, the hook files, the engines'
// configuration. hook/check/check_files.h and hook/check/check_engines.h judge the files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/kit/finding.h"
#include "hook/check/check_engines.h"
#include "hook/stages/stages.h"

namespace rind::hook {

// Checks the helper, the hook, the policy and the directory for records. hook_path: the installed
// rind-hook.
Findings check_installed(const HostPaths& paths, const std::string& hook_path);

// The kind of an ELF file (elf(5)).
struct ElfKind {
  bool is_elf = false;
  bool has_interpreter = false;  // it needs a dynamic loader
};
// head: the first bytes of the file; 4 KiB suffice for the output of linkers. Pure.
ElfKind elf_kind(const std::string& head);

// The largest text file that is read, in bytes.
inline constexpr size_t kTextLimit = 4 * 1024 * 1024;
// The names in `directory` that end in `suffix`, sorted; empty when it does not exist. Throws
// Error.
std::vector<std::string> names_in(const std::string& directory, const std::string& suffix);

// The names of the directories in `directory`; empty when it does not exist or this user cannot
// read it.
std::vector<std::string> names_of_directories(const std::string& directory);

// Reads the hook files in `directories`.
std::vector<HookFile> find_hook_files(const std::vector<std::string>& directories,
                                      const std::string& hook_path);

// Reads the existing files among `places` (from podman_config_places).
std::vector<ConfigFile> read_config_files(const std::vector<std::string>& places);

}  // namespace rind::hook
