// Mount points in empty views.
#pragma once

#include <sys/types.h>

#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// Makes directories, empty files and links below `top`, and the directories that lead to them.
// Keeps what already exists.
void make_skeleton(int top, const std::vector<PlannedView::MountPoint>& skeleton, mode_t mode);

}  // namespace rind
