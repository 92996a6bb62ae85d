// Whether the host's security modules allow a step's mounts. Pure.
#pragma once

#include <optional>
#include <string>

#include "common/kit/finding.h"

namespace rind::hook {

// The state of SELinux on this host.
struct SelinuxState {
  bool enabled = false, enforcing = false;
  bool module = false;  // the loaded SELinux policy has Rind's domain
  std::string label;    // of the helper's file; "" when it has none
};

// helper: the path of the helper.
Finding judge_selinux(const SelinuxState& state, const std::string& helper);

// profiles: the text of /sys/kernel/security/apparmor/profiles, with one line for each loaded
// profile; nothing when it could not be read.
Finding judge_apparmor(bool enabled, const std::optional<std::string>& profiles);

}  // namespace rind::hook
