// What lies installed on this host: the two programs, the policy, the hook files, the engines'
// configuration. Looks; the judgement of what it finds in files is hook/check/check_files.h's and
// hook/check/check_engines.h's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/kit/finding.h"
#include "hook/check/check_engines.h"
#include "hook/stages/stages.h"

namespace rind::hook {

// The helper, the hook and the policy. hook_path: the installed rind-hook.
Findings check_installed(const HostPaths& paths, const std::string& hook_path);

// What is in an ELF file (elf(5)).
struct ElfKind {
  bool is_elf = false;
  bool has_interpreter = false;  // a dynamic loader is needed to start it
};
// head: the first bytes of the file; 4 KiB are enough for what linkers write. Pure.
ElfKind elf_kind(const std::string& head);

// Of the text files that are looked at: larger ones are a mistake.
inline constexpr size_t kTextLimit = 4 * 1024 * 1024;
// The names in `directory` that end in `suffix`, sorted; none when it is not there. Throws Error.
std::vector<std::string> names_in(const std::string& directory, const std::string& suffix);

// The names of the directories in `directory`; none when it is not there, or closed to this user.
std::vector<std::string> names_of_directories(const std::string& directory);

// The hook files in `directories`.
std::vector<HookFile> find_hook_files(const std::vector<std::string>& directories,
                                      const std::string& hook_path);

// The files among `places` (as podman_config_places) that are there.
std::vector<ConfigFile> read_config_files(const std::vector<std::string>& places);

}  // namespace rind::hook
