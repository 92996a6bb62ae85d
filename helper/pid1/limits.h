// Resource limits of a step.
#pragma once

#include <sys/resource.h>

#include <vector>

#include "common/policy/policy.h"
#include "helper/pid1/notes.h"

namespace rind {

struct ResourceLimit {
  int resource = 0;  // RLIMIT_*
  struct rlimit value = {};
};

// The limits to set with setrlimit(2) in the step's own process: those of the policy, except "no
// core", and those of resources that the kernel counts for the whole machine. None is above the
// current hard limit, which cannot be raised. Throws Error.
//
// Do not set them in the process that makes the step's user namespace: its limits would become
// limits for all processes of root.
std::vector<ResourceLimit> resource_limits(const LimitRules& rules);

// Settings of the calling process that its children inherit: the OOM killer prefers them, and they
// leave no cores where the policy asks for none. Where RLIMIT_CORE cannot prevent cores, they are
// empty. The process must be dumpable and see its caller's /proc. It must have no filter yet, since
// that would keep RLIMIT_CORE as it is. notes: gets what could not be set. Throws Error.
void set_process_limits(const LimitRules& rules, Notes& notes);

}  // namespace rind
