// input.json, in which a front end gives a build hook its arguments (pyproject_hooks). Pure.
#pragma once

#include <map>
#include <string>

namespace rind {

// The arguments in `text` that name directories ("wheel_directory"), as given; without those that
// are null. path: the file's, for messages. Throws Error where no front end writes such a file.
std::map<std::string, std::string> directories_in_input(const std::string& text,
                                                        const std::string& path);

}  // namespace rind
