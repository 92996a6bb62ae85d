// From a call to an exit status: what the seams and the tool have in common.
#pragma once

#include <optional>
#include <vector>

#include "helper/call.h"
#include "helper/kit_read.h"
#include "helper/plan.h"

namespace rind {

// Documented and stable; docs/explain.md.
inline constexpr int kExitOwnError = 125;
inline constexpr int kExitCannotExecute = 126;
inline constexpr int kExitNotFound = 127;

struct Planned {
  std::optional<Step> step;  // nothing: a trusted command
  std::string executable;    // of a trusted command: the path that was judged
  Plan plan;                 // only with a step
};

// Looks at the builder and plans. always_step: no command is trusted.
Planned plan_call(const Kit& kit, const Call& call, const std::vector<ExtraView>& extra,
                  bool always_step);

// Runs a step to its end. Returns the exit status; does not return when the step died by a signal:
// then this process dies by it, too.
int run_step(const Planned& planned);

// This process's environment as NAME=VALUE.
std::vector<std::string> current_environment();

}  // namespace rind
