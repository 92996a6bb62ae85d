// Names of Rind's SELinux module (packaging/selinux/rind.te), which hook and helper look for.
#pragma once

#include <string>

namespace rind::selinux {

inline constexpr const char* kDomain = "rind_t";           // the helper's, in a container
inline constexpr const char* kHelperType = "rind_exec_t";  // of the helper's file

// The type in a context, USER:ROLE:TYPE:LEVEL (the level has colons, too); "" of what is none.
std::string type_of(const std::string& context);

}  // namespace rind::selinux
