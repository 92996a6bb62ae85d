// Reads the kit, from inside of the container.
#pragma once

#include <memory>

#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind {

class Kit {
 public:
  std::shared_ptr<const Policy> policy = std::make_shared<const Policy>();  // its patches are null
  kit::Manifest manifest;

  // The merged policy with its patches. Reads it. Throws Error.
  const Json& document() const;

 private:
  mutable SharedJson document_;
};

// Throws Error when there is no kit, or when it is damaged.
Kit read_kit();
// Reads the manifest alone, for a call that may not be a step.
kit::Manifest read_manifest();

}  // namespace rind
