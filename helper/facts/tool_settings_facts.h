// The settings that a tool finds from its working directory upwards.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The files from `cwd` upwards by which the tool may choose a program
// (helper/step/tool_settings.h). program: the name of the tool's file. Canonical paths. Throws
// SysError.
std::vector<std::string> settings_above(const std::string& program, const std::string& cwd);

}  // namespace rind
