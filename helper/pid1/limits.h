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

// What setrlimit(2) is to be called with in the step's own process: the policy's limits but for no
// core at all, and those of what the kernel counts for the whole machine. None is above the hard
// limit that holds already, which could not be raised. Throws Error.
//
// Not for a process that still makes the step's user namespace: what holds there becomes a limit of
// all that root has.
std::vector<ResourceLimit> resource_limits(const LimitRules& rules);

// For the calling process and its children, while it is dumpable, has its caller's /proc and no
// filter yet, which would keep RLIMIT_CORE as it is: they are killed first when memory runs out,
// and leave no cores where the policy wants none. Where RLIMIT_CORE cannot say so, their cores hold
// nothing. notes: gets what could not be had. Throws Error.
void set_process_limits(const LimitRules& rules, Notes& notes);

}  // namespace rind
