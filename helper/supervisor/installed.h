// What the packages in a tree are known to have installed. Pure, but for reading.
//
// A wheel's RECORD (PEP 376, 427) lists the files of a package with their SHA-256. A file that has
// such a content is the package's, by whatever names it is known.
#pragma once

#include <map>
#include <string>

namespace rind {

// The files that a RECORD lists with a SHA-256: path as it stands there to digest (64 lower-case
// hexadecimal digits). Leaves out paths that lead upwards, and lines that are not as in the
// specification.
std::map<std::string, std::string> recorded_files(const std::string& record);

}  // namespace rind
