// The types in Rind's SELinux module (packaging/selinux/rind.te).
#pragma once

#include <string>

namespace rind::selinux {

inline constexpr const char* kDomain = "rind_t";           // the running helper, in a container
inline constexpr const char* kHelperType = "rind_exec_t";  // the helper's file

// The type in a context USER:ROLE:TYPE:LEVEL (the level may contain colons); "" when `context` has
// another form.
std::string type_of(const std::string& context);

}  // namespace rind::selinux
