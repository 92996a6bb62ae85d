// Which trees belong to an ephemeral step while it runs. Pure.
#pragma once

#include <vector>

#include "common/policy/policy.h"
#include "helper/plan/plan.h"

namespace rind {

// The step's trees; none is inside another. Without the mounts inside of them. A tree on a
// read-only mount is shown as it is. views: the step's.
std::vector<LentTree> lent_trees(const Policy& policy, const Step& step, const Facts& facts,
                                 const std::vector<ExtraView>& extra,
                                 const std::vector<PlannedView>& views);

// Adds the mounts inside of the step's trees: without Rind, the builder could write there. Adds a
// note to plan.absent for each that is not lent.
void lend_inner_mounts(Plan& plan, std::vector<LentTree>& trees, const Facts& facts);

}  // namespace rind
