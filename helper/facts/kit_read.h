// Reads the kit, from inside of the container.
#pragma once

#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

struct Kit {
  SharedJson document;  // the merged policy; rules of packages are merged into it
  Policy policy;
  kit::Manifest manifest;
};

// Throws Error when there is no kit, or when it is damaged.
Kit read_kit();
// Reads the manifest alone, for a call that may not be a step.
kit::Manifest read_manifest();

}  // namespace rind
