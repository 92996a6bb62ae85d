// Whose numbers a step runs under. Pure.
//
// An ephemeral identity is a uid and gid that nobody else in the container has while the step runs:
// files of mode 0600, unix sockets and processes of everybody else are closed to it. Lease n of the
// kit stands for the id ids[n], always: the assignment follows from the container's id maps alone,
// which cannot change.
#pragma once

#include <string>
#include <vector>

#include "common/base/own_identity.h"
#include "common/policy/policy.h"
#include "helper/facts/facts.h"

namespace rind {

struct PlannedIdentity {
  enum class Mode { kSelf, kEphemeral } mode = Mode::kSelf;
  // For kEphemeral: what each lease stands for; kNoId where that id has a name already.
  static constexpr unsigned kNoId = ~0U;
  std::vector<unsigned> ids;
  // Owners of directories that only they may search, and behind which the step's things lie: the
  // sandbox is made with their rights, too.
  std::vector<Owner> also_mapped;
  std::string reason;  // why kSelf, where the policy prefers kEphemeral
};
std::string to_string(PlannedIdentity::Mode mode);

// Throws Error when the policy requires what this container cannot give.
PlannedIdentity plan_identity(const Policy& policy, const Facts& facts);

// `file` (the text of /etc/passwd or /etc/group) with one more line.
std::string with_line(const std::string& file, const std::string& line);

}  // namespace rind
