// Reading the kit, from inside of the container.
#pragma once

#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

struct Kit {
  SharedJson document;  // the policy as it was merged; rules of packages are laid over it
  Policy policy;
  kit::Manifest manifest;
};

// Throws Error when there is no kit, or when it is damaged.
Kit read_kit();
// The manifest alone: what a call needs that may not be a step's.
kit::Manifest read_manifest();

}  // namespace rind
