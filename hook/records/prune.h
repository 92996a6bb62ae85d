// `rind-hook prune`: removes record files of containers that do not run.
//
// A container has its file as a mount: removing the name would not stop it from writing, and its
// lines would be lost. So a file that is mounted anywhere stays, whatever its age. The hook holds a
// shared lock on the directory while it takes a file for a container (hook/kit/host_record.h); here
// it is exclusive.
#pragma once

#include <string>

#include "common/policy/policy.h"

namespace rind::hook {

struct PruneAsked {
  std::string older_than, larger_than;  // as on the command line; "" for none
  bool dry_run = false;
};

// Prints each file that it removes. Returns 0. Throws Error when nothing is asked, or when it
// cannot tell which files containers use.
int prune(const PolicyFiles& policy, const PruneAsked& asked);

}  // namespace rind::hook
