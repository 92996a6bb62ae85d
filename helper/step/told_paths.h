// Paths in the values of variables and in arguments. Pure.
#pragma once

#include <string>
#include <vector>

namespace rind {

// The absolute paths in `text`, as the programs that read it find them: one path, a list (":", ";",
// "," or spaces), or options with paths (-I/x, -DNAME=/x). At most 64.
std::vector<std::string> paths_in(const std::string& text);

// True for variables that say where the caller is, not what a build uses: PWD, HOME and others.
bool is_of_the_caller(const std::string& variable);

// True for variables by whose names builds write to the place: caches, temporary and output
// directories.
bool is_written_by_name(const std::string& variable);

// True for variables by whose names a call leaves its results at the place.
bool is_output_by_name(const std::string& variable);

// True for a name that a file or directory of credentials has by convention (".ssh", ".netrc").
bool is_credentials_name(const std::string& name);

// Relative paths of files and directories in which tools keep credentials beside what they install.
const std::vector<std::string>& credentials_in_prefixes();

}  // namespace rind
