// Copy-on-write views: the step reads the builder's tree and writes to a layer that is discarded.
//
// They are overlays in the step's own namespaces. An overlay keeps the owners of directories, so
// the step's uid could not create files in them. Therefore the directories are made again in the
// upper layer, owned by the step. Files keep their owner: the step can replace but not change them.
// The step does not see what only the builder may read.
#pragma once

#include "common/base/fd.h"
#include "helper/pid1/notes.h"
#include "helper/plan/plan.h"

namespace rind {

// Returns the view's mount, detached. lower: O_PATH of the builder's directory. attributes: of the
// new mount. Where the kernel denies the overlay and the view may fall back to private, it adds a
// note and returns no descriptor; otherwise it throws Error. Call it as the step's uid, before the
// root is read-only.
Fd make_cow(const PlannedView& view, Fd lower, uint64_t attributes, Notes& notes);

}  // namespace rind
