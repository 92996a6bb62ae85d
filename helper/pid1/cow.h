// Copy-on-write views: reads go through to the builder's tree, writes into a layer that is thrown
// away.
//
// An overlay in the step's own namespaces. It does not change whose the directories are: for the
// step's uid to make and replace files in them, the directories are made again in the upper layer,
// where they are the step's; files stay whose they are, and can be replaced but not changed. What
// others than the builder may not read, the step does not see.
#pragma once

#include "common/base/fd.h"
#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// The view's mount, detached. lower: O_PATH of the builder's directory. attributes: of the mount.
// Where the kernel denies the overlay: nothing, with a note, if the view falls back to being
// private; else throws Error. As the step's uid, before the root is made read-only.
Fd make_cow(const PlannedView& view, Fd lower, uint64_t attributes, Notes& notes);

}  // namespace rind
