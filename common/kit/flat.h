// The kit's flat file: the policy and the manifest for each call of the helper, without JSON.
//
// It says the same as policy.json and manifest.json, but for patches: where a rule of a package
// applies, the helper patches policy.json. The hook writes all three.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/kit/manifest.h"
#include "common/policy/policy.h"

namespace rind::kit {

inline constexpr const char* kFlat = "/dev/rind/kit";
inline constexpr size_t kFlatLimit = kKitPolicyLimit + kManifestLimit;

// The bytes of the file. version: of Rind.
std::string write_flat(const Policy& policy, const Manifest& manifest, std::string_view version);

// The policy alone, without a version: of one build.
std::string write_flat_policy(const Policy& policy);
// Throws Error unless write_flat_policy could have written `bytes`.
Policy read_flat_policy(std::string_view bytes, std::string_view origin);
// Of the same bytes only what decides about a container, and what the hook's rights depend on:
// `containers`, `seams`, `identity`, `lend`, `record`.
Policy read_flat_rules(std::string_view bytes, std::string_view origin);

struct Flat {
  Policy policy;  // its patches are null
  Manifest manifest;
};

// Throws Error unless write_flat of the same version could have written `bytes`. origin: for
// messages.
Flat read_flat(std::string_view bytes, std::string_view version, std::string_view origin);
// The manifest alone.
Manifest read_flat_manifest(std::string_view bytes, std::string_view version,
                            std::string_view origin);

}  // namespace rind::kit
