// Is a kit whole? The mount table alone decides, so that checks in the container and on the host
// agree.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/mountinfo.h"
#include "common/kit/manifest.h"

namespace rind::kit {

// A fault of a kit.
struct Fault {
  // kBuried: the anchor and its cover.
  enum class Part { kKit, kBuried, kSeam } part = Part::kKit;
  Error error;
};

// The faults that the container's mount table shows. Checks the kit's own mounts, the anchor and
// its cover, the originals, and that the helper is mounted on every seam of the manifest. Pure.
std::vector<Fault> mount_faults(const Manifest& manifest, const std::vector<MountInfo>& mounts);

}  // namespace rind::kit
