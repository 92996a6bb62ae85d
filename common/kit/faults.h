// Is a kit whole? Judged by a mount table alone, so that the container and the host ask the same.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/mountinfo.h"
#include "common/kit/manifest.h"

namespace rind::kit {

// What is wrong with a kit.
struct Fault {
  // kBuried: the anchor and its cover.
  enum class Part { kKit, kBuried, kSeam } part = Part::kKit;
  Error error;  // what, why and the remedy
};

// The faults that the container's mount table shows: the kit's own mounts, the anchor and its
// cover, the originals, and that the helper lies over every seam of the manifest. Pure.
std::vector<Fault> mount_faults(const Manifest& manifest, const std::vector<MountInfo>& mounts);

}  // namespace rind::kit
