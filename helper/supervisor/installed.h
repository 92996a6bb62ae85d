// The files that packages are known to have installed. Pure.
//
// A wheel's RECORD (PEP 376, PEP 427) lists the files of a package with their SHA-256. A file with
// such a content belongs to the package, whatever other hard links it has.
#pragma once

#include <map>
#include <string>

namespace rind {

// The files that a RECORD lists with a SHA-256: from the path as written there to the digest (64
// lower-case hexadecimal digits). Leaves out paths that lead upwards, and lines that do not follow
// the specification.
std::map<std::string, std::string> recorded_files(const std::string& record);

}  // namespace rind
