// What the host's security modules make of a step's mounts. Pure.
#pragma once

#include <optional>
#include <string>

#include "common/kit/finding.h"

namespace rind::hook {

// SELinux as it is on this host.
struct SelinuxState {
  bool enabled = false, enforcing = false;
  bool module = false;  // the loaded policy has Rind's domain
  std::string label;    // of the helper's file; "" where it has none
};

// helper: its path.
Finding judge_selinux(const SelinuxState& state, const std::string& helper);

// profiles: what /sys/kernel/security/apparmor/profiles says, a line a profile that is loaded;
// nothing where it could not be read.
Finding judge_apparmor(bool enabled, const std::optional<std::string>& profiles);

}  // namespace rind::hook
