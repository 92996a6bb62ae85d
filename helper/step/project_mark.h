#pragma once

namespace rind {

// This attribute tells from which project an artefact was built: the SHA-256 of its directory.
// Steps cannot set it: the attributes that they set are removed.
constexpr const char* kProjectMark = "user.rind.project";

}  // namespace rind
