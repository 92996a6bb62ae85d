// The seccomp filter of a step.
#pragma once

#include <string>

namespace rind {

enum class SeccompProfile {
  kNone,       // no filter of Rind; the container's own filter still holds
  kNative,     // the machine's 64-bit system calls only; any other entry point kills the process
  kMultiarch,  // the same rules, also for the machine's 32-bit architecture
};

// The name in a policy.
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
