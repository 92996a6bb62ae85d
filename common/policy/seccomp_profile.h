// The seccomp filter of a step.
#pragma once

#include <string>

#include "common/base/names.h"

namespace rind {

enum class SeccompProfile {
  kNone,       // no filter of Rind; the container's own filter still holds
  kNative,     // the machine's 64-bit system calls only; any other entry point kills the process
  kMultiarch,  // the same rules, also for the machine's 32-bit architecture
};

// The names in a policy.
inline constexpr Name<SeccompProfile> kSeccompNames[] = {{SeccompProfile::kNone, "none"},
                                                         {SeccompProfile::kNative, "native"},
                                                         {SeccompProfile::kMultiarch, "multiarch"}};
inline std::string to_string(SeccompProfile profile) { return name_of(kSeccompNames, profile); }

}  // namespace rind
