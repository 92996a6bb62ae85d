// The settings that a tool finds from its working directory upwards.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The files by which the tool that is called may choose a program (helper/step/tool_settings.h):
// from `cwd` upwards, and from the directories that its options and variables name instead.
// command: the call, the tool first. environment: NAME=VALUE. Canonical paths. Throws SysError.
std::vector<std::string> settings_of_call(const std::vector<std::string>& command,
                                          const std::vector<std::string>& environment,
                                          const std::string& cwd);

}  // namespace rind
