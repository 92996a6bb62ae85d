// Clean-up that one failed call must not prevent.
#pragma once

#include "common/base/error.h"

namespace rind {

// Runs `work`; where it throws Error, once more. Throws what the second run throws. For work that
// can be begun again: a call can fail for a reason that has gone (EINTR, ENOMEM), and what a step
// leaves behind stays.
template <typename Work>
void twice(const Work& work) {
  try {
    return work();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the second error is the one that lasts
  }
  work();
}

}  // namespace rind
