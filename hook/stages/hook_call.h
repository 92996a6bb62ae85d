// The words of a call of the hook, as hook files have them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hook/stages/stages.h"

namespace rind::hook {

// The paths in a call whose words after the program's name are `hook` and each option at most once.
// Nothing for any other call: CLI11 judges it. words: ends with nullptr.
std::optional<HostPaths> parse_hook_call(char** words);

// The words of a call with these paths, with the program's name.
std::vector<std::string> hook_call(const HostPaths& paths);

}  // namespace rind::hook
