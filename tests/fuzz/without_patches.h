// Policies as values that can be compared.
#pragma once

#include <utility>

#include "common/policy/policy.h"

namespace rind::fuzz {

// Two equal patches are two documents.
inline Policy without_patches(Policy policy) {
  policy.seams.install_patch.reset();
  for (auto& rule : policy.packages) rule.patch.reset();
  for (auto& choice : policy.choices) choice.patch.reset();
  return policy;
}

}  // namespace rind::fuzz
