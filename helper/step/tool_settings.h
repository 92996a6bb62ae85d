// Settings that a trusted tool reads in its working directory, and in those above. Pure.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The names of the files that the program reads there; empty for programs that read none, as far as
// is known. program: the name of its file.
std::vector<std::string> settings_of_tool(const std::string& program);

// The directories and files from which the tool takes its settings by its options and variables:
// for uv --directory, --project and --config-file. As they are written; none is empty. command: the
// call, the tool first. environment: NAME=VALUE.
std::vector<std::string> places_of_settings(const std::vector<std::string>& command,
                                            const std::vector<std::string>& environment);

// True where such a file may tell the tool more than a version: which program it executes, or where
// it keeps its cache.
bool chooses_program(const std::string& name, const std::string& text);

}  // namespace rind
