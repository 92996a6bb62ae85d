// The attributes by which Rind knows what it delivered. Steps cannot set them: the attributes that
// they set are removed.
#pragma once

#include <sys/stat.h>

#include <string>

#include "common/base/hash.h"

namespace rind {

// Tells from which project an artefact was built, by its directory.
constexpr const char* kProjectMark = "user.rind.project";
inline std::string project_mark(const std::string& project) { return sha256_hex(project); }

// Tells that a step left the file in a directory for temporary files: what stands in it is a
// package's word. It holds as long as it has the value of the file as it is.
constexpr const char* kLeftMark = "user.rind.left";
inline std::string left_mark(const struct stat& st) {
  return std::to_string(st.st_size) + " " + std::to_string(st.st_mtim.tv_sec) + "." +
         std::to_string(st.st_mtim.tv_nsec);
}

// Tells that a step has changed the pyproject.toml in this directory, or removed what makes it look
// like a project: front ends may go by words of the package that are not there any more.
constexpr const char* kChangedMark = "user.rind.changed";

// With the number of a directory's inode: tells of it, on the work directory around it, that
// nothing but steps of the package filled it. The value is the time at which it was made, for
// numbers are used again. On the directory itself a step could remove it, and leave no room for
// another.
constexpr const char* kFilledMark = "user.rind.filled.";
// After the value: the directory was empty before a step that has not ended. When its supervisor is
// killed, the front end may fill the directory.
constexpr const char* kWasEmpty = " empty";

}  // namespace rind
