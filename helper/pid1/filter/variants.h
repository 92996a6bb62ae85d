// For which machines there are programs, and which programs there are for each.
#pragma once

#include <linux/seccomp.h>
#include <seccomp.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

namespace rind::filter {

// A machine's row. The values of SCMP_ARCH_* are the kernel's AUDIT_ARCH_*, all but that of x32.
struct Machine {
  const char* name;  // the namespace of its programs in the generated header
  uint32_t native;
  uint32_t compat;  // its 32-bit entry point; 0: none, or libseccomp knows none
  bool big_endian;
  bool x32;              // calls of x32 come with the architecture of `native`
  unsigned clone_flags;  // the argument of clone(2) that has the flags
};

inline constexpr Machine kMachines[] = {
    {"x86_64", SCMP_ARCH_X86_64, SCMP_ARCH_X86, false, true, 0},
    {"aarch64", SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, false, false, 0},
    {"ppc64le", SCMP_ARCH_PPC64LE, 0, false, false, 0},
    {"s390x", SCMP_ARCH_S390X, SCMP_ARCH_S390, true, false, 1},
};

enum class Kind {
  kStep,
  kNoNetwork,  // for trusted commands
  kModes,      // for steps with a twin
};

// One program.
struct Variant {
  Kind kind = Kind::kStep;
  bool compat = false;   // the 32-bit entry point is let in
  bool no_core = false;  // RLIMIT_CORE stays
  bool root = false;     // the step is uid 0 inside

  // As in the generated header.
  std::string name() const {
    if (kind == Kind::kNoNetwork) return "NoNetwork";
    if (kind == Kind::kModes) return "Modes";
    return std::string(compat ? "Multiarch" : "Native") + (root ? "Root" : "") +
           (no_core ? "NoCore" : "");
  }

  // The verdict on a call for which there is no rule.
  uint32_t otherwise() const {
    return kind == Kind::kStep ? SECCOMP_RET_ERRNO | ENOSYS : SECCOMP_RET_ALLOW;
  }
};

inline std::vector<Variant> all_variants() {
  std::vector<Variant> all = {{Kind::kNoNetwork}, {Kind::kModes, true}};
  for (const bool compat : {false, true}) {
    for (const bool root : {false, true}) {
      for (const bool no_core : {false, true}) all.push_back({Kind::kStep, compat, no_core, root});
    }
  }
  return all;
}

// The entry points that a program lets in; calls of any other one kill the process.
inline std::vector<uint32_t> architectures(const Machine& machine, const Variant& variant) {
  if (!variant.compat || machine.compat == 0) return {machine.native};
  return {machine.native, machine.compat};
}

inline bool is_wide(const Machine& machine, uint32_t architecture) {
  return architecture == machine.native;
}

}  // namespace rind::filter
