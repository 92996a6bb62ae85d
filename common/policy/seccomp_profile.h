// Which seccomp filter a step runs under.
#pragma once

#include <string>

#include "common/base/names.h"

namespace rind {

enum class SeccompProfile {
  kNone,       // none of ours; the container's own still holds
  kNative,     // the machine's 64-bit system calls only; any other entry point is death
  kMultiarch,  // the same rules for the machine's 32-bit architecture too
};

// As it stands in a policy.
inline constexpr Name<SeccompProfile> kSeccompNames[] = {{SeccompProfile::kNone, "none"},
                                                         {SeccompProfile::kNative, "native"},
                                                         {SeccompProfile::kMultiarch, "multiarch"}};
inline std::string to_string(SeccompProfile profile) { return name_of(kSeccompNames, profile); }

}  // namespace rind
