// Reading the kit, from inside of the container.
#pragma once

#include "common/kit.h"
#include "common/policy.h"

namespace rind {

struct Kit {
  Policy policy;
  kit::Manifest manifest;
};

// Throws Error when there is no kit, or when it is damaged.
Kit read_kit();

}  // namespace rind
