#pragma once

#include <sys/stat.h>

#include <string>

namespace rind {

// This attribute tells from which project an artefact was built: the SHA-256 of its directory.
// Steps cannot set it: the attributes that they set are removed.
constexpr const char* kProjectMark = "user.rind.project";

// This attribute tells that a step left the file in a directory for temporary files: what stands in
// it is a package's word. It holds as long as it has the value of the file as it is.
constexpr const char* kLeftMark = "user.rind.left";
inline std::string left_mark(const struct stat& st) {
  return std::to_string(st.st_size) + " " + std::to_string(st.st_mtim.tv_sec) + "." +
         std::to_string(st.st_mtim.tv_nsec);
}

}  // namespace rind
