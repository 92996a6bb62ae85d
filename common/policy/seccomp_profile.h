// Which seccomp filter a step runs under.
#pragma once

#include <string>

namespace rind {

enum class SeccompProfile {
  kNone,       // none of ours; the container's own still holds
  kNative,     // the machine's 64-bit system calls only; any other entry point is death
  kMultiarch,  // the same rules for the machine's 32-bit architecture too
};

// As it stands in a policy.
inline std::string to_string(SeccompProfile profile) {
  switch (profile) {
    case SeccompProfile::kNone:
      return "none";
    case SeccompProfile::kNative:
      return "native";
    case SeccompProfile::kMultiarch:
      break;
  }
  return "multiarch";
}

}  // namespace rind
