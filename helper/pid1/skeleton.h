// Mount points in empty views.
#pragma once

#include <sys/types.h>

#include <vector>

#include "helper/plan/plan.h"

namespace rind {

// Makes the directories, empty files and links below `top`, with the directories that lead to them.
// What is there already stays.
void make_skeleton(int top, const std::vector<PlannedView::MountPoint>& skeleton, mode_t mode);

}  // namespace rind
